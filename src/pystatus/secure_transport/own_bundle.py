"""Our own bundle: when its prekey is replaced, what it lists, how long a signature is used (secure-transport.md §2)."""

from __future__ import annotations

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.secure_transport.bundles import Bundle, SignedPreKey
from pystatus.secure_transport.config import MAX_TIMESTAMP_AHEAD, EncryptionConfig
from pystatus.secure_transport.installations import Installations
from pystatus.secure_transport.store import EncryptionStore, OwnPreKey


class OwnBundle:
    """Makes, renews and signs the bundle of one installation."""

    def __init__(
        self,
        identity: PrivateKey,
        installation_id: str,
        installations: Installations,
        store: EncryptionStore,
        random: RandomSource,
        config: EncryptionConfig,
    ) -> None:
        self._identity = identity
        self._installation_id = installation_id
        self._installations = installations
        self._store = store
        self._random = random
        self._config = config

    def current(self, now: float) -> tuple[OwnPreKey, Bundle]:
        """The prekey in use and the signed bundle to attach; both are made anew when they are due.

        Implements: ST-9, ST-11, AC-5
        """
        pre_key = self._store.own_pre_key(self._installation_id)
        if pre_key is None or not self._is_fresh(pre_key, now):
            pre_key = self._replace(pre_key, now)
        age = now - pre_key.signed_at
        if pre_key.signed_bundle and 0 <= age < self._config.bundle_reuse:
            return pre_key, Bundle.decode(pre_key.signed_bundle)
        bundle = Bundle.sign(self._identity, self._entries(pre_key), nanoseconds(now))
        self._store.save_signed_bundle(self._installation_id, pre_key.public, bundle.encode(), now)
        return pre_key, bundle

    def sign_again(self) -> None:
        """What the bundle lists has changed: the signature at hand is not used any more."""
        pre_key = self._store.own_pre_key(self._installation_id)
        if pre_key is not None and pre_key.signed_bundle:
            self._store.save_signed_bundle(self._installation_id, pre_key.public, b"", 0.0)

    def _is_fresh(self, pre_key: OwnPreKey, now: float) -> bool:
        # A prekey from far in the future was made under a wrong clock; it would never be replaced, nor be accepted.
        """Whether the prekey is used on; how long, the configuration says.

        Implements: ST-9, ST-10, AC-5
        """
        return -MAX_TIMESTAMP_AHEAD <= now - pre_key.created_at < self._config.bundle_refresh

    def _replace(self, old: OwnPreKey | None, now: float) -> OwnPreKey:
        """A new prekey takes the place of ``old``; there are no one-time keys beside it.

        Implements: ST-6, ST-8, AC-4
        """
        if old is None:
            # Nothing was ever begun under this installation id. Sessions that are there all the same come from a backup
            # of another installation: to use them would be to use keys twice (secure-transport.md A7).
            self._store.forget_ratchets()
        key = PrivateKey.generate(self._random)
        pre_key = OwnPreKey(key.public_key.compressed, key.secret, old.version + 1 if old else 1, now)
        self._store.add_own_pre_key(self._installation_id, pre_key)
        return pre_key

    def _entries(self, pre_key: OwnPreKey) -> list[SignedPreKey]:
        """Our own prekey and those of the paired devices that are enabled (secure-transport.md §6.3).

        Implements: ST-30
        """
        paired = self._installations.targets(self._identity.public_key.compressed)
        return [
            SignedPreKey(self._installation_id, pre_key.public, pre_key.version),
            *(
                SignedPreKey(device.installation_id, device.pre_key, device.pre_key_version, device.protocol_version)
                for device in paired
            ),
        ]


def nanoseconds(now: float) -> int:
    """Unix seconds as a bundle's timestamp."""
    return int(now * 1_000_000_000)

"""The running MAC of one direction of an RLPx connection (overlay.md §2.4)."""

from pystatus.crypto.ciphers import aes_ecb_stream
from pystatus.crypto.hashing import KeccakState

MAC_SIZE = 16
"""Bytes of a header MAC and of a frame MAC."""


class FrameMac:
    """Absorbs what travels in one direction. Its sender and receiver stay in step or never agree again."""

    __slots__ = ("_block_cipher", "_digest", "_state")

    def __init__(self, mac_secret: bytes, state: KeccakState) -> None:
        self._block_cipher = aes_ecb_stream(mac_secret)
        self._state = state
        self._digest = state.digest()[:MAC_SIZE]

    @property
    def digest(self) -> bytes:
        """The whole 32-byte digest of the state, for comparison with known answers."""
        return self._state.digest()

    def header(self, block: bytes) -> bytes:
        """Absorb 16 bytes, encrypted and mixed with the digest; the MAC of a header if they are the encrypted header.

        The digest is kept because reading it costs as much as absorbing 200 bytes, and the next step begins with it.
        """
        state = self._state
        mask = self._block_cipher.update(self._digest)
        seed = int.from_bytes(mask, "big") ^ int.from_bytes(block, "big")
        state.update(seed.to_bytes(MAC_SIZE, "big"))
        self._digest = digest = state.digest()[:MAC_SIZE]
        return digest

    def absorb(self, encrypted_part: bytes) -> None:
        """Absorb the first bytes of an encrypted body whose rest is still to come."""
        self._state.update(encrypted_part)

    def body(self, encrypted_body: bytes) -> bytes:
        """Absorb the encrypted body, or what was still missing of it; the frame MAC."""
        self._state.update(encrypted_body)
        self._digest = digest = self._state.digest()[:MAC_SIZE]
        return self.header(digest)

"""What people are called: ``client.names``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pystatus.account.address import checksummed
from pystatus.account.key_encoding import encode
from pystatus.account.names import NameKind, ShownName
from pystatus.client.chain_access import chosen_account, named
from pystatus.client.features.feature import ClientFeature
from pystatus.client.features.wallet import Wallet
from pystatus.client.name_values import EnsName, NameOffer
from pystatus.client.pages import stored
from pystatus.client.resolving import NameResolver
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.ethereum.name_states import NameState
from pystatus.ethereum.quantities import typed_address
from pystatus.messenger.features.names import Names as NamesFeature
from pystatus.messenger.features.names import people_on
from pystatus.messenger.name_records import NameAction, NameChange, NameDrafted, OwnName, OwnNamesChanged
from pystatus.messenger.records import Message

if TYPE_CHECKING:
    from pystatus.chain.naming import Naming, Planned
    from pystatus.client.name_drafts import NameDraft

__all__ = [
    "EnsName",
    "NameAction",
    "NameChange",
    "NameDraft",
    "NameKind",
    "NameOffer",
    "NameResolver",
    "NameState",
    "Names",
    "OwnName",
    "OwnNamesChanged",
    "ShownName",
]

_LATE = {"NameDraft": "pystatus.client.name_drafts"}
"""What is exported and not loaded until somebody asks for it: a client that asks no node does without."""


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATE[name]), name)


class Names(ClientFeature[NamesFeature]):
    """The name to show for somebody: the nickname that our user gave them, else their verified ENS name, else the three
    words that follow from their key. It is what it is now: ask again after :class:`~pystatus.ContactChanged`.

    A nickname is nobody else's business: do not write it into a message.

    Names on the chain are read and changed here, too, where the client was opened with ``endpoint``. A name without a
    dot is one under ``stateofus.eth``. What changes a name is drafted first: it is checked and tried, and nothing is
    signed. Show the draft, and then :meth:`send` it.
    """

    NAME = "names"
    LATE = MappingProxyType(_LATE)

    def of(self, person: PublicKey) -> ShownName:
        """How somebody is called.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda names: names.reader.of(person))

    def of_people(self, people: Iterable[PublicKey]) -> Mapping[PublicKey, ShownName]:
        """How several people are called, asked for together.

        :raises LocalError: the client is not open.
        """
        wanted = tuple(people)
        return self._read(lambda names: names.reader.of_people(wanted))

    def of_messages(self, messages: Iterable[Message | bytes]) -> Mapping[PublicKey, ShownName]:
        """How the authors of messages, and those whom these mention, are called: for a page of them, or of
        their ids.

        :raises LocalError: there is no such message, or the client is not open.
        """
        with self._access.reading() as session:
            found = [stored(session.store, one) if isinstance(one, bytes) else one for one in messages]
        return self.of_people(people_on(found))

    def called(self, name: str) -> Sequence[PublicKey]:
        """Who is called so among those whom we know, by any of their names; small and capital letters are the same.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda names: names.reader.called(name))

    # what the chain says

    async def resolve(self, name: str) -> EnsName:
        """What ENS says of a name: whose it is, and where it leads. A record that cannot be is told, and left out.

        :raises LocalError: it is no name, or has letters that only look alike; or no node of Ethereum is named.
        :raises RemoteError: the node cannot be asked, or answers nonsense.
        """
        from pystatus.client import naming

        return await naming.resolved(self._naming(), name, self._own_key)

    async def reverse(self, address: str) -> str | None:
        """The name that an address gives itself; ``None``: none, or one that does not lead back to the address.

        :raises LocalError: it is no address, or no node of Ethereum is named.
        :raises RemoteError: as :meth:`resolve`.
        """
        wanted = typed_address(address)
        return await self._naming().name_of(wanted)

    async def search(self, name: str, account: str | None = None) -> NameOffer:
        """Whether a name can be ours, what it costs, and why it cannot be had. Who has a name that breaks a rule loses
        it, so that such a one is refused before anybody is asked.

        :param account: of the wallet, by name or address; ``None``: the first one.
        :raises LocalError, RemoteError: as :meth:`resolve`.
        """
        from pystatus.client import naming

        has_some = account is not None or self._access.feature(Wallet).accounts()
        own = self._account(account) if has_some else None
        return await naming.offered(self._naming(), name, own, self._own_key)

    # drafts

    async def register(self, name: str, account: str | None = None) -> NameDraft:
        """Draft the registration of a name under ``stateofus.eth``: it leads to the account and to our chat key.

        :param account: that pays, by name or address; ``None``: the first one of the wallet.
        :raises LocalError: it could be taken away again, is taken, there is not enough to pay for it; or no node of
            Ethereum is named.
        :raises RemoteError: it would fail, and the node says why; or as :meth:`resolve`.
        """
        key = self._own_key
        return await self._draft(NameAction.REGISTER, account, lambda it, own: it.register(name, own, key), encode(key))

    async def connect(self, name: str, account: str | None = None) -> NameDraft:
        """Draft that a name of ours leads to our chat key.

        :raises LocalError: it is somebody else's, or leads there already; or as :meth:`register`.
        :raises RemoteError: as :meth:`register`.
        """
        key = self._own_key
        return await self._draft(NameAction.CONNECT, account, lambda it, own: it.connect(name, own, key), encode(key))

    async def set_address(self, name: str, address: str, account: str | None = None) -> NameDraft:
        """Draft that a name of ours leads to an address: who pays the name pays it.

        :raises LocalError, RemoteError: as :meth:`connect`.
        """
        to = typed_address(address)
        return await self._draft(
            NameAction.SET_ADDRESS, account, lambda it, own: it.set_address(name, to, own), address
        )

    async def set_content(self, name: str, content: str, account: str | None = None) -> NameDraft:
        """Draft that a name of ours has other content for browsers (EIP-1577).

        :param content: ``ipfs://…``, ``ipns://…`` or ``bzz://…``; empty: none any more.
        :raises LocalError: it is none; or as :meth:`connect`.
        :raises RemoteError: as :meth:`connect`.
        """
        from pystatus.ethereum import content_hash

        wanted = content_hash.typed(content) if content else None
        value = "" if wanted is None else wanted.url
        return await self._draft(
            NameAction.SET_CONTENT, account, lambda it, own: it.set_content(name, wanted, own), value
        )

    async def take_over(self, name: str, account: str | None = None) -> NameDraft:
        """Draft that the registrar learns of a name that was given to us in ENS: before, whoever had it could still
        release it after a move of the registrar, and get its deposit.

        :raises LocalError, RemoteError: as :meth:`connect`.
        """
        return await self._draft(NameAction.TAKE_OVER, account, lambda it, own: it.take_over(name, own))

    async def release(self, name: str, account: str | None = None) -> NameDraft:
        """Draft that a name of ours is given back, and its deposit comes back: a year after it was registered, by the
        clock of the chain.

        :raises LocalError: it is not yet time; or as :meth:`connect`.
        :raises RemoteError: as :meth:`connect`.
        """
        return await self._draft(NameAction.RELEASE, account, lambda it, own: it.release(name, own))

    async def reserve_slash(self, username: str, account: str | None = None) -> NameDraft:
        """Draft the first step of taking away a name that breaks a rule: to say first that we know one, not yet which.
        What it is reserved with is kept in the profile.

        :param username: the part before ``.stateofus.eth``, exactly as it was registered.
        :raises LocalError: it breaks no rule, or nobody has it; or as :meth:`register`.
        :raises RemoteError: as :meth:`register`.
        """

        def secret(chain_id: int) -> bytes:
            kept = self._read(lambda names: names.own.slash_secret(chain_id, username))
            return made if kept is None else kept

        made = await self._do(lambda names, now: names.own.fresh_secret())
        draft = await self._draft(NameAction.RESERVE_SLASH, account, lambda it, own: it.reserve_slash(username, secret))
        await self._do(lambda names, now: names.own.keep_secret(draft.transaction.chain_id, username, made))
        return draft

    async def slash(self, username: str, account: str | None = None) -> NameDraft:
        """Draft the second step, when the first one is in a block: which name it is. It is taken away, and two thirds
        of its deposit are ours.

        :raises LocalError: the first step was not done here; or as :meth:`reserve_slash`.
        :raises RemoteError: as :meth:`register`.
        """

        def secret(chain_id: int) -> bytes:
            kept = self._read(lambda names: names.own.slash_secret(chain_id, username))
            if kept is None:
                raise LocalError("Reserve it first: with it, nobody who sees which name it is can be faster.")
            return kept

        return await self._draft(NameAction.SLASH, account, lambda it, own: it.slash(username, secret))

    # sending

    async def send(self, draft: NameDraft, password: str) -> NameChange:
        """Sign what a draft says, and send it, as :meth:`Wallet.send` does: what becomes of it is told as
        :class:`SentTransactionChanged`, and a name that was registered is one of :meth:`own` when its transaction is in
        a block.

        :param password: of the profile.
        :raises WrongPassword: nothing was sent.
        :raises LocalError: the key of the account is not here, or it was sent already.
        :raises RemoteError: the node refuses it.
        """
        sent = await self._access.feature(Wallet).send(draft.transaction, password)
        return NameChange(draft.action, draft.name, draft.value, sent)

    def changes(self) -> Sequence[NameChange]:
        """What was sent to change names, the newest first; the last hundred.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda names: names.changes())

    async def check(self) -> Sequence[NameChange]:
        """The same after the chain was asked what became of it: see :meth:`Wallet.update_sent`.

        :raises LocalError: no node of Ethereum is named.
        :raises RemoteError: as :meth:`resolve`.
        """
        await self._access.feature(Wallet).update_sent()
        return await self._do(lambda names, now: names.changes())

    # names of ours

    def own(self) -> Sequence[OwnName]:
        """Our names, in the order in which they came. Contacts see the preferred one.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda names: names.own.all())

    async def add(self, name: str) -> OwnName:
        """Have a name that leads to our chat key already: one of another program, or of another device. Contacts see
        it if they see none yet.

        :raises LocalError: it leads elsewhere; or as :meth:`resolve`.
        :raises RemoteError: as :meth:`resolve`.
        """
        found = await self.resolve(name)
        if not found.is_ours:
            raise LocalError(
                f"{found.name} does not lead to your chat key, so nobody would see it. If it is yours, let it lead "
                "there with: pystatus name update"
            )
        return await self._do(lambda names, now: names.own.add(found.chain_id, found.name, now))

    async def prefer(self, name: str) -> None:
        """Let contacts see this one of our names; an empty text: none of them.

        :raises LocalError: it is none of :meth:`own`.
        """
        await self._do(lambda names, now: names.own.prefer(name, now))

    async def remove(self, name: str) -> None:
        """Forget a name here. On the chain it stays as it is. If contacts see it, they see the next one.

        :raises LocalError: it is none of :meth:`own`.
        """
        await self._do(lambda names, now: names.own.remove(name, now))

    # inside

    @property
    def _own_key(self) -> PublicKey:
        return self._access.profile.account.public_key

    def _naming(self) -> Naming:
        """
        :raises LocalError: no node of Ethereum is named.
        """
        from pystatus.chain.naming import Naming  # a client that asks no node loads nothing of it

        session = self._access.taking
        return Naming(named(session.endpoint), session.registry)

    def _account(self, account: str | None) -> bytes:
        """
        :raises LocalError: there is no such account.
        """
        return chosen_account(self._access.feature(Wallet), account).address

    async def _draft(
        self,
        action: NameAction,
        account: str | None,
        plan: Callable[[Naming, bytes], Awaitable[Planned]],
        value: str = "",
    ) -> NameDraft:
        from pystatus.client import naming

        asked, own = self._naming(), self._account(account)
        planned = await plan(asked, own)
        payment = planned.payment
        assert payment.to is not None
        tried = await self._access.feature(Wallet).draft_call(
            checksummed(own), checksummed(payment.to), payment.data, payment.value
        )
        change = NameDrafted(action, planned.name, value)
        await self._do(lambda names, now: names.own.drafted(tried.id, change))
        return naming.drafted(action, planned, tried, value)

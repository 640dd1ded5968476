"""What a client asks mailservers for, and what they have not answered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pystatus.arguments import checked
from pystatus.client.chats import find_chat
from pystatus.client.lifecycle import Lifecycle
from pystatus.errors import LocalError
from pystatus.mailserver.time_ranges import TimeRange
from pystatus.mailserver.timing import DAY, LONGEST_HISTORY
from pystatus.messenger.features.chats import Chats, ListenedChannel
from pystatus.messenger.records import Chat

if TYPE_CHECKING:
    from pystatus.client.inbox import Inbox


@checked
class Fetching(Lifecycle):
    """What :class:`pystatus.Client` does with mailservers."""

    async def wait_for_mailserver(self, timeout: float | None = None) -> None:
        """Wait until there is a mailserver to ask: at once if one was given to :meth:`open`, else until one is found.

        :raises TimeoutError: none was found within ``timeout`` seconds; the client keeps looking.
        :raises LocalError: none was given and nothing that finds one, the client is not open, or was closed meanwhile.
        """
        self._life.check()
        self._check_mailserver()
        try:
            async with asyncio.timeout(timeout):
                await self._access.session.knows_mailserver.wait()
        except TimeoutError:
            raise TimeoutError(f"No mailserver was found within {timeout} s. The client keeps looking.") from None
        self._life.check()

    async def fetch_history(self, chat: Chat | str | None = None, days: float | None = None) -> None:
        """Fetch what mailservers have kept of a chat, or of all, and wait until nothing is missing that one of them
        has, and nothing is being asked once more. It is fetched in any case; this looks at once, and further back if
        ``days`` says so. How it goes is told as :class:`HistoryProgress`.

        :raises LocalError: no mailserver was given to :meth:`open`, no such chat, or more than 30 days.
        """
        inbox = self._asked_inbox
        topics = self._topics(chat)
        if days is not None:
            if not 0 <= days * DAY <= LONGEST_HISTORY:
                raise LocalError(f"Mailservers keep {LONGEST_HISTORY // DAY} days: ask for 0 to as many.")
            inbox.want(topics, self._access.session.now - days * DAY)
        await inbox.fetched()
        await self._access.submit(lambda session: None)  # what was found is in the database now

    async def fetch_topics(self, topics: Iterable[bytes], since: float) -> None:
        """The same of topics (4 bytes each) that we listen on, as :meth:`channels` names them.

        :param since: from when on, Unix seconds.
        :raises LocalError: no mailserver is known, a topic that is none of ours, or from more than 30 days ago.
        """
        inbox, wanted, now = self._asked_inbox, frozenset(topics), self._access.session.now
        if not wanted or not wanted <= self._topics(None):
            raise LocalError("This client does not listen on all of these topics. Ask for those of channels().")
        if now - since > LONGEST_HISTORY:
            raise LocalError(f"Mailservers keep {LONGEST_HISTORY // DAY} days. Ask for a later time.")
        inbox.want(wanted, since)
        await inbox.fetched()
        await self._access.submit(lambda session: None)  # what was found is in the database now

    async def use_mailservers(self, mailservers: Iterable[str]) -> None:
        """Ask these mailservers for history from now on, in place of those that were given to :meth:`open` or found.
        The next time the profile is opened it is as before. What one has answered is asked for of a second one where
        several are given, and not again of one alone.

        :param mailservers: enode URLs.
        :raises LocalError: none is given, or one is malformed; nothing was changed.
        """
        chosen = tuple(mailservers)
        await self._access.submit(lambda session: session.use_mailservers(chosen))

    def channels(self) -> Sequence[ListenedChannel]:
        """Where something for us may come, now: on what topics we listen, and whose they are. None of their keys.

        :raises LocalError: the client is not open.
        """
        with self._access.reading() as session:
            return session.messenger.feature(Chats).listened()

    def history_gaps(self, chat: Chat | str | None = None) -> Sequence[TimeRange]:
        """The spans of Unix seconds, of a chat or of all, of which no mailserver has answered everything: they were
        not asked yet, or say that they lack them. They end at :attr:`history_until`.

        :raises LocalError: no mailserver was given to :meth:`open`, or no such chat.
        """
        return list(self._asked_inbox.gaps(self._topics(chat)))

    @property
    def history_until(self) -> int:
        """The Unix second in which mailservers were asked last. :meth:`history_gaps` says nothing of what was sent in
        it or later.

        :raises LocalError: no mailserver was given to :meth:`open`.
        """
        return self._asked_inbox.until

    @property
    def _asked_inbox(self) -> Inbox:
        self._check_mailserver()
        inbox = self._access.session.inbox
        if inbox is None:
            raise LocalError(
                "No mailserver was found yet. Wait until one is, with client.wait_for_mailserver(), or name one: "
                "Client.open(…, mailservers=[…])."
            )
        return inbox

    def _check_mailserver(self) -> None:
        session = self._access.known
        has_inbox = self._settings.inbox is not None or (session is not None and session.inbox is not None)
        if not has_inbox and not self._settings.node.enough_mailservers:
            raise LocalError("There is no mailserver to ask. Name one: Client.open(…, mailservers=[…]).")

    def _topics(self, chat: Chat | str | None) -> frozenset[bytes]:
        with self._access.reading() as session:
            chat_id = None if chat is None else find_chat(session.store, chat).id
            return session.messenger.feature(Chats).topics(chat_id)

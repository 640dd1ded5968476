"""All calls of one client."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pystatus.client.client import Client
from pystatus.client.features.devices import Devices
from pystatus.client.features.profile import OurProfile
from pystatus.rpc.dispatcher import Method
from pystatus.rpc.wakuext.absent import absent_methods
from pystatus.rpc.wakuext.chats import ChatCalls
from pystatus.rpc.wakuext.contacts import ContactCalls
from pystatus.rpc.wakuext.devices import DeviceCalls
from pystatus.rpc.wakuext.groups import GroupCalls
from pystatus.rpc.wakuext.history import HistoryCalls
from pystatus.rpc.wakuext.local_files import MediaFolder
from pystatus.rpc.wakuext.messages import MessageCalls
from pystatus.rpc.wakuext.signals import Signal, history_completed, history_expired
from pystatus.rpc.wakuext.transactions import TransactionCalls
from pystatus.rpc.wakuext.view import View, identicon


class WakuextApi:
    """The calls of status-go's messenger on a client that is open."""

    def __init__(
        self,
        client: Client,
        media_folder: Path | None = None,
        tell: Callable[[Signal], None] = lambda signal: None,
    ) -> None:
        """
        :param media_folder: where the files are that callers name as ``imagePath`` and ``audioPath``; None: nowhere.
        :param tell: told of the signals that are of no event of the client: a request for history has ended.
        """
        self._client = client
        view = View(client)
        self._history = HistoryCalls(
            client,
            view,
            completed=lambda number, problem: tell(history_completed(number, problem)),
            expired=lambda number: tell(history_expired(number)),
        )
        contacts = ContactCalls(client, view)
        self._groups = (
            ChatCalls(client, view),
            MessageCalls(client, view, MediaFolder(media_folder)),
            contacts,
            GroupCalls(client, view),
            DeviceCalls(client, view, contacts.set_profile),
            self._history,
            TransactionCalls(client, view),
        )

    @property
    def methods(self) -> dict[str, Method]:
        """By name; those that are known and not offered say so."""
        found: dict[str, Method] = {
            "wakuext_startMessenger": self.start_messenger,
            "wakuext_echo": self.echo,
            "settings_getSettings": self.settings,
        }
        for group in self._groups:
            found.update(group.methods)
        return {**found, **absent_methods()}

    def close(self) -> None:
        """Nobody waits for anything any more."""
        self._history.close()

    def start_messenger(self) -> None:
        """Nothing: it runs as long as the node does."""

    def echo(self, text: str) -> str:
        """The same text."""
        return text

    def settings(self) -> dict[str, Any]:
        """What there is of the account here; its words and keys never."""
        client = self._client
        record = client.profile.account
        return {
            "public-key": client.public_key.hex,
            "key-uid": record.key_uid,
            "address": f"0x{record.chat_address.hex()}",
            "name": client.name,
            "preferred-name": client.feature(OurProfile).get().ens_name,
            "photo-path": identicon(client.public_key),
            "installation-id": client.feature(Devices).all()[0].installation_id,
        }

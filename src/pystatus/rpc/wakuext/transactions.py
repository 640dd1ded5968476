"""Payments in chats of two: asked for, answered, announced (payloads.md §12). Nothing here pays, as there."""

from __future__ import annotations

from pystatus.client.features.transactions import Transaction, Transactions
from pystatus.crypto.keys import SIGNATURE_SIZE
from pystatus.ethereum.quantities import MAX_UINT256, typed_address
from pystatus.messenger.records import Message
from pystatus.rpc.dispatcher import Method
from pystatus.rpc.errors import invalid_params
from pystatus.rpc.wakuext import shapes
from pystatus.rpc.wakuext.calls import Calls
from pystatus.rpc.wakuext.chats import chat_of
from pystatus.rpc.wakuext.reading import message_id as read_id

_DIGITS = len(str(MAX_UINT256))


class TransactionCalls(Calls):
    """The calls about payments. Each step is a message of its chat, and takes the place of the one before it."""

    @property
    def methods(self) -> dict[str, Method]:
        """By name."""
        return {
            "wakuext_requestAddressForTransaction": self.request_address,
            "wakuext_requestTransaction": self.request_payment,
            "wakuext_acceptRequestAddressForTransaction": self.accept_address,
            "wakuext_declineRequestAddressForTransaction": self.decline,
            "wakuext_declineRequestTransaction": self.decline,
            "wakuext_acceptRequestTransaction": self.accept_payment,
            "wakuext_sendTransaction": self.announce,
        }

    @property
    def _transactions(self) -> Transactions:
        return self._client.feature(Transactions)

    async def request_address(self, chat_id: str, from_address: str, value: str, contract: str) -> shapes.Answer:
        """Say that we want to pay, and ask where. From where is our own business: it is checked, and not kept."""
        amount = _amount(value)
        if from_address:
            typed_address(from_address)
        chat = chat_of(self._client, chat_id)
        return self._step(await self._transactions.request_address(chat, amount, contract))

    async def request_payment(self, chat_id: str, value: str, contract: str, address: str) -> shapes.Answer:
        """Ask to be paid."""
        amount, chat = _amount(value), chat_of(self._client, chat_id)
        return self._step(await self._transactions.request_payment(chat, amount, contract, address or None))

    async def accept_address(self, message_id: str, address: str) -> shapes.Answer:
        """Give the address that somebody has asked for."""
        return self._step(await self._transactions.accept(read_id(message_id), address or None))

    async def decline(self, message_id: str) -> shapes.Answer:
        """Refuse a request for our address, or for a payment."""
        return self._step(await self._transactions.decline(read_id(message_id)))

    async def accept_payment(self, transaction_hash: str, message_id: str, signature: str) -> shapes.Answer:
        """Say that we have paid what was asked for."""
        request = read_id(message_id)
        return self._step(await self._transactions.announce(request, transaction_hash, signature=_signature(signature)))

    async def announce(
        self, chat_id: str, value: str, contract: str, transaction_hash: str, signature: str
    ) -> shapes.Answer:
        """Say that we have paid somebody who did not ask."""
        signed, amount = _signature(signature), _amount(value) if value else None
        chat = chat_of(self._client, chat_id)
        return self._step(
            await self._transactions.announce(chat, transaction_hash, signature=signed, value=amount, contract=contract)
        )

    def _step(self, step: Transaction) -> shapes.Answer:
        message = self._client.message(step.message_id)
        assert isinstance(message, Message)  # it was stored with the step
        chat = self._client.find_chat(step.chat_id)
        return shapes.Answer(chats=[self._view.chat(chat)], messages=self._view.with_replies(message, chat))


def _amount(text: str) -> int:
    """
    :raises RpcError: it is no whole number of base units.
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise invalid_params("value is no whole number of base units, as text")
    return int(text)


def _signature(text: str) -> bytes:
    """
    :raises RpcError: it is none.
    """
    try:
        found = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        found = b""
    if not text.startswith("0x") or len(found) != SIGNATURE_SIZE:
        raise invalid_params(f"signature is not 0x and {2 * SIGNATURE_SIZE} hexadecimal digits")
    return found

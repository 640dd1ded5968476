"""transactions.json: what the reference makes of transaction commands, given to a messenger one by one; and our own
decisions where it is at fault, or where what it does is not what payloads.md §12 says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import RemoteError
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.features.transactions import Transactions
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.messenger.transaction_checks import Asked, NotPaid, payment
from pystatus.messenger.transaction_records import (
    AnnouncementState,
    ChainStatus,
    ChainTransaction,
    Transaction,
    TransactionState,
    TransactionTables,
)
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import ContentType, PayloadType
from pystatus.payloads.registry import PAYLOADS
from pystatus.payloads.wrapper import message_id, unwrap, wrap
from tests.payloads.support import build
from tests.support.people import Network, Person
from tests.support.vectors import Case, case_id, cases, load, unhex

FILE = load("transactions")
NOW_MS: int = FILE["now_ms"]
PEOPLE = {name: PrivateKey(unhex(person["private_key"])) for name, person in FILE["people"].items()}
LETTERS = {key.public_key: name for name, key in PEOPLE.items()}
OWN_WALLET = unhex(FILE["wallets"]["own"]["address"])
STATUSES = {"success": ChainStatus.SUCCEEDED, "failed": ChainStatus.FAILED, "pending": ChainStatus.PENDING}

NO_WHOLE_AMOUNT = 69
"""Values as "0.5", "NaN" or "1_000" are no base units: they are refused when they come. So is what is no address. What
is left of the case is accepted as it says."""
ANNOUNCED_BY_SOMEBODY_ELSE_FIRST = 73
"""Whoever announces a hash first does not lock out who paid: each person has announcements of their own."""
NO_SUCH_COMMAND = (147, 148)
"""An announcement that names no request of its chat stops nothing: it is judged as a payment that nobody asked for."""
PAYER_IS_SHOWN = (142, 143, 145, 146)
"""What was paid is a message of who paid, and unread. The reference shows it as ours where it names no request of
theirs, by mistake, and counts it nowhere."""
ANSWER_IS_OURS = 146
"""What we accept is a message of ours. In the reference it is of who asked."""


def key_text(text: str) -> str:
    """People are letters in the file."""
    return PEOPLE[text].public_key.hex if text in PEOPLE else text


def tables_of(person: Person) -> TransactionTables:
    tables: TransactionTables = person.store.tables(Transactions)
    return tables


class Receiver:
    """A messenger of A, with what a case says is there."""

    def __init__(self, tmp_path: Path, setup: Case) -> None:
        network = Network(tmp_path)
        network.now = NOW_MS / 1000
        config = MessengerConfig(wallets=(OWN_WALLET,), has_chain=True)
        self.person = network.add("alice", identity=PEOPLE["A"], online=False, config=config)
        with self.person.store.transaction():
            for chat in setup["chats"]:
                cleared = setup.get(f"deleted_at_clock_of_{chat['id']}", chat["deleted_at_clock"])
                self._save(key_text(chat["id"]), chat["last_clock"], cleared)
            for message in setup.get("messages", ()):
                self._add(message)

    def _save(self, chat_id: str, last_clock: int, cleared: int) -> None:
        self.person.store.save_chat(
            Chat(chat_id, ChatKind.ONE_TO_ONE, last_clock=last_clock, updated_ms=NOW_MS, cleared_clock=cleared)
        )

    def _add(self, it: Case) -> None:
        chat_id, command = key_text(it["chat"]), it.get("command")
        if self.person.store.chat(chat_id) is None:
            self._save(chat_id, 0, 0)
        author = PEOPLE["A" if it["outgoing"] else it["chat"]].public_key
        kind = ContentType.TEXT_PLAIN if command is None else ContentType.TRANSACTION_COMMAND
        state = MessageState.SENT if it["outgoing"] else None
        clock, text = it["clock"], "Request transaction" if "address" in it.get("command", ()) else "command"
        own_id = unhex(it["id"])
        self.person.store.add_message(
            Message(own_id, chat_id, author, clock, clock, clock, kind, text, b"", state=state)
        )
        if command is not None:
            tables_of(self.person).add(
                Transaction(
                    own_id,
                    unhex(command["id"]),
                    chat_id,
                    author,
                    clock,
                    TransactionState(command["state"]),
                    int(command["value"]),
                    command.get("contract", ""),
                    command.get("address", ""),
                    command.get("from", ""),
                ),
                PayloadType.REQUEST_TRANSACTION,
            )

    def take(self, step: Case) -> str:
        """Hand over one delivery. What became of it, in the words of the file."""
        person, sender = self.person, PEOPLE[step["author"]].public_key
        before = len(self.shown()), len(self.announced())
        message = unwrap(unhex(step["wrapped"]), sender)
        assert message.id == unhex(step["message_id"])
        kind = PAYLOADS[message.type]
        kind.check_author(message.author, sender, person.key)
        payload = kind.decode(message.payload)
        try:
            payload.check(NOW_MS, NOW_MS)
            self._do(lambda it: it.receive(payload, Incoming(message, None, False, NOW_MS)))
        except RemoteError:
            return "refused"
        if len(self.announced()) > before[1]:
            return "stored"
        return "accepted" if len(self.shown()) > before[0] else "ignored"

    def validate(self, step: Case) -> None:
        """The chain is asked for everything that waits."""
        for transaction_hash in {one.transaction_hash for one in self.waiting()}:
            found = step["chain"].get(transaction_hash)
            answer = None if found is None else on_chain(found)
            self._do(lambda it, asked=transaction_hash, of=answer: it.looked_up(asked, of, NOW_MS / 1000))  # type: ignore[misc]

    def accept(self, request: str, address: str) -> None:
        """We accept a request of theirs."""
        self._do(lambda it: it.accept(unhex(request), address, NOW_MS / 1000))

    def _do(self, act: Callable[[Transactions], object]) -> None:
        self.person.do(lambda: act(self.person.messenger.feature(Transactions)))

    def announced(self) -> list[Any]:
        return list(tables_of(self.person).announcements(None, 99))

    def waiting(self) -> list[Any]:
        return [one for one in self.announced() if one.state is AnnouncementState.UNVERIFIED]

    def shown(self) -> list[dict[str, Any]]:
        """All messages, replaced ones as well, as in the file."""
        rows = self.person.database.connection.execute("SELECT id FROM messages ORDER BY clock, id").fetchall()
        found = []
        for (own_id,) in rows:
            message = self.person.store.message(own_id)
            assert message is not None
            step = tables_of(self.person).get(own_id)
            found.append(
                {
                    "id": f"0x{own_id.hex()}",
                    "chat": message.chat_id,
                    "from": LETTERS[message.author],
                    "clock": message.clock,
                    "text": message.text,
                    "content_type": message.content_type,
                    "command": None if step is None else command_of(step),
                    "hidden": step is not None and step.replaced,
                    "replace": "" if step is None or step.replaces is None else f"0x{step.replaces.hex()}",
                }
            )
            visible = [one.id for one in self.person.store.messages(message.chat_id, 99, None)]
            assert (own_id in visible) != found[-1]["hidden"], "what is replaced is not on a page of history"
        return found

    def chats(self) -> list[tuple[str, bool, int, int]]:
        return sorted((chat.id, chat.active, chat.last_clock, chat.unread) for chat in self.person.store.chats())


def command_of(step: Transaction) -> dict[str, Any]:
    return {
        "id": f"0x{step.command_id.hex()}",
        "state": int(step.state),
        "value": str(step.value),
        "contract": step.contract.lower(),
        "address": step.address.lower(),
        "transaction_hash": step.transaction_hash,
    }


def on_chain(found: Case) -> ChainTransaction:
    """``failed`` also stands for a token call without a Transfer log."""
    return ChainTransaction(
        STATUSES[found["status"]],
        unhex(found["from"]),
        None if found["to"] is None else unhex(found["to"]),
        int(found["value"]),
        unhex(found["data"]),
        has_transfer_log=found["status"] == "success" and found["data"] != "0x",
    )


def expected_messages(case: Case, step: Case) -> list[dict[str, Any]]:
    found = []
    for it in step["after_messages"]:
        command = it.get("command")
        if command is not None:
            wanted = ("id", "state", "value", "contract", "address", "transaction_hash")
            command = {name: command[name] for name in wanted}
            command["id"] = command["id"] or it["id"]  # a payment that nobody asked for is a transaction of its own
        author = it["from"]
        if it["text"] == "Transaction received":
            author = "C" if it["local_chat_id"] == "C" else "B"
        elif case["id"] == ANSWER_IS_OURS and it["outgoing_status"]:
            author = "A"
        found.append(
            {
                "id": it["id"],
                "chat": key_text(it["local_chat_id"]),
                "from": author,
                "clock": it["clock"],
                "text": it["text"],
                "content_type": it["content_type"],
                "command": command,
                "hidden": it["hidden"],
                "replace": it.get("replace", ""),
            }
        )
    return sorted(found, key=lambda one: (one["clock"], one["id"]))


def expected_chats(step: Case) -> list[tuple[str, bool, int, int]]:
    received = [it["local_chat_id"] for it in step["after_messages"] if it["text"] == "Transaction received"]
    return sorted(
        (key_text(chat["id"]), chat["active"], chat["last_clock"], chat["unviewed"] + received.count(chat["id"]))
        for chat in step["after_chats"]
    )


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(step, id=f"{case['id']}-{number}")
        for case in cases("transactions", "state", "situation", "run")
        for number, step in enumerate(case["steps"])
        if "wrapped" in step
    ],
)
def test_the_same_command_has_the_same_bytes(step: Case) -> None:
    author = PEOPLE[step["author"]]
    wrapped = wrap(build(PAYLOADS[step["type"]], step["fields"]).encode(), step["type"], author)
    assert wrapped == unhex(step["wrapped"])
    assert message_id(wrapped, author.public_key) == unhex(step["message_id"])


@pytest.mark.requirement("PL-20", "PL-24")
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case_id(case))
        for case in cases("transactions", "state", "situation", "run")
        if case["id"] not in (NO_WHOLE_AMOUNT, ANNOUNCED_BY_SOMEBODY_ELSE_FIRST, *NO_SUCH_COMMAND)
    ],
)
def test_what_becomes_of_a_command(tmp_path: Path, case: Case) -> None:
    receiver = Receiver(tmp_path, case["setup"])
    for step in case["steps"]:
        if step.get("call") == "ValidateTransactions":
            receiver.validate(step)
        elif "call" in step:
            receiver.accept(*step["params"])
        else:
            # A crash of the reference (an answer to what is no command) is a refusal here.
            wanted = {"crash": "refused"}.get(step["outcome"], step["outcome"])
            assert receiver.take(step) == wanted, step.get("note")
        assert receiver.shown() == expected_messages(case, step), step.get("note")
        assert receiver.chats() == expected_chats(step), step.get("note")
        kept = {(one.transaction_hash, LETTERS[one.author]) for one in receiver.announced()}
        assert kept == {
            (text.lower() if text[:2] in ("0x", "0X") else text, one["from"])
            for one in step["after_to_validate"]
            for text in [one["transaction_hash"]]
        }
        final = {one["transaction_hash"].lower() for one in step["after_to_validate"] if not one["to_validate"]} | {
            "not a hash"
        }  # which no chain need be asked for
        for one in receiver.announced():
            assert (one.transaction_hash not in final) == (one.state is AnnouncementState.UNVERIFIED)
    receiver.person.close()


def test_amounts_without_a_fraction(tmp_path: Path) -> None:
    (case,) = [one for one in cases("transactions", "situation") if one["id"] == NO_WHOLE_AMOUNT]
    receiver = Receiver(tmp_path, case["setup"])
    taken = []
    for step in case["steps"]:
        value = step["fields"]["value"]
        outcome = receiver.take(step)
        is_whole = value.lstrip("+").isdecimal() and value.isascii()
        assert outcome == (step["outcome"] if is_whole else "refused"), value
        if outcome == "accepted":
            taken.append(value)
    assert taken == ["100", "+7"]
    assert [one["command"]["value"] for one in receiver.shown()] == ["100", "7"]
    receiver.person.close()


def test_who_announces_first_locks_nobody_out(tmp_path: Path) -> None:
    (case,) = [one for one in cases("transactions", "situation") if one["id"] == ANNOUNCED_BY_SOMEBODY_ELSE_FIRST]
    receiver = Receiver(tmp_path, case["setup"])
    assert [receiver.take(step) for step in case["steps"]] == ["stored", "stored"]
    (waiting,) = receiver.waiting()
    assert LETTERS[waiting.author] == "B", "what C has signed with one byte is refused at once"
    paid = {"from": FILE["wallets"]["theirs"]["address"], "to": f"0x{OWN_WALLET.hex()}", "value": "3", "data": "0x"}
    receiver.validate({"chain": {waiting.transaction_hash: {**paid, "status": "success"}}})
    assert [(one["from"], one["text"]) for one in receiver.shown()] == [("B", "Transaction received")]
    receiver.person.close()


@pytest.mark.parametrize("number", NO_SUCH_COMMAND)
def test_an_unknown_command_stops_nothing(tmp_path: Path, number: int) -> None:
    (case,) = [one for one in cases("transactions", "run") if one["id"] == number]
    receiver = Receiver(tmp_path, case["setup"])
    *announcements, last = case["steps"]
    for step in announcements:
        assert receiver.take(step) == "stored"
    receiver.validate(last)
    received = [one for one in receiver.shown() if one["text"] == "Transaction received"]
    assert {one["id"] for one in received} == {step["message_id"] for step in announcements}
    assert all(one["command"]["id"] == one["id"] and not one["replace"] for one in received)
    assert not any(one["hidden"] for one in receiver.shown()), "what was asked of somebody else stays as it is"
    assert receiver.waiting() == []
    receiver.person.close()


DECISIONS = {
    90: "invalid",  # no whole number: nothing that could be paid, for good
    91: "invalid",
    93: "invalid",  # a token was asked for, and ether is none
    97: "invalid",  # it makes a contract and pays nobody
    98: "invalid",
    128: "valid",  # capital letters are a checksum, not another contract
    129: "invalid",  # ether was asked for, and a token is none
    **dict.fromkeys((132, 133, 134, 135, 136, 137, 141), "invalid"),  # no transfer, for good
}
"""What becomes of the cases in which the reference is at fault."""
PAID_VALUE = {124: "1999"}
"""What is shown is what was paid (payloads.md §12), where the reference shows what was asked for."""


@pytest.mark.requirement("PL-24")
@pytest.mark.parametrize("case", [pytest.param(case, id=case_id(case)) for case in cases("transactions", "validate")])
def test_what_a_chain_says(case: Case) -> None:
    assert (case["id"] in DECISIONS) == bool(case.get("reference_fault"))
    wanted = DECISIONS.get(case["id"], case["outcome"])
    found, parameters = case["transaction"], case["parameters"]
    if "error" in found or found["status"] == "pending":
        assert wanted in ("retry", "pending")
        return  # nothing is judged: test_transactions.py has what becomes of them
    asked = Asked(parameters["value"], parameters["contract"], parameters["address"])
    arguments = (
        parameters["transaction_hash"],
        unhex(parameters["signature"]),
        PEOPLE[case["from"]].public_key,
        asked,
        on_chain(found),
        frozenset(map(unhex, case["own_addresses"])),
    )
    if wanted == "invalid":
        with pytest.raises(NotPaid):
            payment(*arguments)
        return
    paid = payment(*arguments)
    if case["id"] == 128:
        assert (paid.value, paid.contract.lower(), paid.as_asked) == (2000, FILE["contract"], True)
        return
    assert str(paid.value) == PAID_VALUE.get(case["id"], case["value"])
    assert (paid.contract.lower(), paid.address.lower()) == (case["contract"], case["address"])
    assert paid.as_asked == case["according_to_spec"]

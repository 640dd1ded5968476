"""rpc_json.json: recorded sessions of the reference, played to a client of pystatus.

Message ids, clocks, texts as trees, who is mentioned, counts, cursors, signatures of events: all of it comes out as
recorded, but for what is listed here with its reason.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from pystatus import PrivateKey
from pystatus.payloads.transactions import sign_transaction
from pystatus.testing import Network, run
from tests.rpc.wakuext.sessions import Player, differences
from tests.support.vectors import Case, case_id, cases, unhex

SESSIONS = cases("rpc_json", "session")
WALLET = PrivateKey(bytes([11] * 32))
ANNOUNCED = {5: "0x" + "12" * 32, 15: "0x" + "56" * 32, 16: "0x" + "78" * 32}
"""The steps of the session about payments in which one is announced, and the transaction."""


def signed(transaction_hash: str) -> str:
    """What a wallet signs to say that it has paid."""
    (account,) = (case["account"] for case in SESSIONS if case["id"] == 2)
    own = PrivateKey(unhex(account["private_key"])).public_key
    return f"0x{sign_transaction(WALLET, own, unhex(transaction_hash)).hex()}"


STAND_INS: dict[str, dict[str, Any]] = {
    "0.17": {"contentType": 1, "imagePath": ""},
    "0.18": {"contentType": 1, "audioPath": ""},
    "1.10": {"last": ""},
    **{f"2.{number}": {"last": signed(transaction_hash)} for number, transaction_hash in ANNOUNCED.items()},
}
"""Pictures, sounds and signatures of the file are none: what is said of one that is refused is said in test_bad_input.
Texts in their places keep the clocks of what follows as they are."""

OURS = {
    r"\.?color$": "drawn by lot there; here it follows from the id",
    r"^0\.[0-9.]+.*\.(image|audio|audioDurationMs) is missing$": "eight bytes are no picture and no sound",
    r"^0\.(17|18|2\d|3\d|42).*\.contentType$": "the stand-ins are texts",
    r"^(0\.2|6\.12)\[\]\.timestamp$": "when a chat was last used is known here, and not the caller's to say",
    r"^0\.(25|26|29).*\.lastClockValue$": "our own reactions move the clock, so that no two things have the same",
    r"^0\.(26|28|30).*\.clock$": "the same: there, two reactions have one clock",
    r"^0\.(35|38)\[\]\.lastMessage\.messageType$": "lost there as the chat is stored again",
    r"^0\.42\.messages\[\]\.outgoingStatus$": "how far a message got is known here: no relay had it",
    r"^1\.(8|14)\.chats\[\]\.name$": "a chat of two is called as its key begins",
    r"^1\.10\.chats\[\]\.lastClockValue$": "a contact update is no message of the chat",
    r"^(1\.(13|15|18|20)|6\.13).*\.photoPath is missing$": "three bytes, or a letter, are no picture",
    r"^1\.16\.contacts is missing$": "a name that a message claims is nobody's until it is verified",
    r"^1\.(19|21).*\.ensName$": "lost there as the chat is stored again",
    r"^1\.20\[\]\.(alias is new|identicon|lastUpdated|systemTags)$": "what is known of a person who is blocked is kept",
    r"^1\.23.*\.(seen|alias|identicon)$": "what we wrote on another device is not unread, and looks as here",
    r"^1\.24$": "there is no chat with ourselves",
    r"^1\.2[567]\.": "the same; there, all notes to oneself have one id (a fault)",
    r"^1\.29$": "a chat that was deleted is there no more, nor the one with ourselves",
    r"^[345]\..*\.(text|literal|children)$": "the words of the news of a group are ours",
    r"^[345]\..*lastClockValue$": "news of a group moves its clock; there a join may come before it (a fault)",
    r"^[345]\..*lastMessage(\..*)?$": "the last line of a group may be its news",
    r"^[345]\..*\.timestamp$": "the news of a group is something that happens in it",
    r"^2\..*\.(alias|identicon)$": "names and pictures of who writes here are empty wherever ours are read",
    r"^2\..*\.chatId$": "of a chat of two it is the other person; there, nobody or ourselves",
    r"^2\..*(M|\.m)essages?(\[\])?\.(from|seen)$": "who answers has written the answer; there, who has asked (a fault)",
    r"^2\..*\.commandParameters\.(address|contract)$": "in the letters of the checksum (EIP-55)",
    r"^2\..*\.commandParameters\.from$": "the wallet that has signed, and no other",
    r"^2\..*\.commandParameters\.signature$": "the stand-ins",
    r"^2\.1[689].*\.commandParameters\.id$": "a payment that nobody has asked for has an id, too",
    r"^3\.10.*\.whisperTimestamp$": "there the news is stored again with each change",
    r"^3\.(7|10).*\.mentions$": "that somebody was removed says by whom",
    r"^3\.7\.messages\[\] is missing$": "each call answers what is new; there, this one answers all news",
    r"^3\.(12|13|18).*membershipUpdateEvents": "the event comes after the news that moved the clock",
    r"^(3\.12|4\.1)\.messages\[\] is (new|missing)$": "the same: another clock, another id",
    r"^3\.1[78].*\.active$": "a group that was left is not active",
    r"^3\.22.*introductionMessage is new$": "what we have asked with is kept",
    r"^4\.1.*membershipUpdateEvents": "the join comes after the creation, whatever our clock says",
    r"^4\.[23]\.": "so the group can be used (a fault there)",
    r"^6\.0\[\]\.metadata$": "a device has a name from the beginning",
    r"^6\.1\.error is missing$": "so it can introduce itself",
    r"^6\.(3|15)\.chats is missing$": "there is no chat with ourselves",
    r"^6\.12\[\] is missing$": "the same",
    r"^6\.\d+\[\]\.metadata\.fcmToken$": "no token of a push service is kept",
}
"""What differs, as patterns of paths, and why."""


def play(case: Case, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, Case, Any, Any]]:
    groups = re.findall(r'"id": "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-0x', json.dumps(case["steps"]))
    if groups:  # that of the group which is made comes first
        monkeypatch.setattr("pystatus.messenger.features.groups.random_uuid", lambda random: groups[0])

    async def story(network: Network) -> list[tuple[int, Case, Any, Any]]:
        return await Player(network, case, STAND_INS).steps()

    return run(story)


@pytest.mark.parametrize("case", SESSIONS, ids=case_id)
def test_a_session_of_the_reference(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        f"{case['id']}.{number}{path}"
        for number, _, expected, got in play(case, monkeypatch)
        for path in differences(expected, got)
    ]
    assert [path for path in found if not any(re.search(pattern, path) for pattern in OURS)] == []
    of_it = [pattern for pattern in OURS if pattern.startswith(f"^{case['id']}\\.")]
    assert [pattern for pattern in of_it if not any(re.search(pattern, path) for path in found)] == []

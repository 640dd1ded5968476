"""A profile full of conversations: texts as people write them, from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.payloads.chats import ChatKind, group_chat_id
from pystatus.payloads.kinds import ContentType, MessageType
from pystatus.payloads.messages import ChatMessage

_COMMON = (
    "the i to a and you it is in that of for on have but this was my with so not be me just do at are we what "
    "if like your all they no can get or can't know now think there good as out from up one he how time go "
    "it's when don't about will would more see going people because then by some had why who need work here "
    "want has okay back yes really right also today tomorrow thanks maybe over did after again them make still "
    "new much where been day other than way sorry lol tonight which message phone group meeting node wallet "
    "release meet lunch train photo house school weekend coffee call wait sure great next week lets never "
    "money night home something everything always little before friend love better already "
)
COMMON = tuple(_COMMON.split())
"""The most frequent words of the texts, the most frequent one first."""
WORDS = 20_000
"""Different words; how often one is used falls with its rank (Zipf)."""
ACCENTED = ("café", "señor", "über", "naïve", "día", "größe", "être", "mañana")
EMOJI = ("😂", "👍", "🙏", "🎉", "😅", "❤️", "🔥")
_ONSETS = (
    "b",
    "br",
    "c",
    "ch",
    "d",
    "f",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
)
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "ou")
_CODAS = ("", "", "", "n", "r", "s", "t", "l", "nd", "ck", "m")
MEDIAN_WORDS = 9
"""Words of a text; the logarithm of the number is normally distributed."""
SPREAD = 0.8
REPLIES = 0.1
"""The share of messages that name the one that they reply to."""
KINDS = ((ChatKind.ONE_TO_ONE, 0.7), (ChatKind.PRIVATE_GROUP, 0.2), (ChatKind.PUBLIC, 0.1))
"""How many of the chats are of which kind. The busiest are public, so these have more of the messages."""
START_MS = 1_600_000_000_000
STEP_MS = 60_000
"""Between two messages of the profile, in the mean."""
AUTHORS = 2_000
"""People who write in public chats and groups."""


def vocabulary(chance: random.Random) -> list[str]:
    """Words by rank."""
    words = dict.fromkeys((*COMMON, *ACCENTED))
    while len(words) < WORDS:
        syllables = chance.choice((1, 2, 2, 3, 3, 4))
        words[
            "".join(chance.choice(_ONSETS) + chance.choice(_VOWELS) + chance.choice(_CODAS) for _ in range(syllables))
        ] = None
    return list(words)


class Texts:
    """An endless conversation."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.words = vocabulary(chance)
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(WORDS)))

    def next(self) -> str:
        """One text."""
        chance = self._chance
        count = max(1, round(chance.lognormvariate(0, SPREAD) * MEDIAN_WORDS))
        words = chance.choices(self.words, cum_weights=self._weights, k=count)
        if chance.random() < 0.6:
            words[0] = words[0].capitalize()
        text = " ".join(words)
        ending = chance.random()
        if ending < 0.35:
            text += "."
        elif ending < 0.5:
            text += "?"
        elif ending < 0.6:
            text += " " + chance.choice(EMOJI)
        elif ending < 0.62:
            text += f" https://{chance.choice(self.words)}.example/{chance.choice(self.words)}"
        return text


@dataclass(frozen=True, slots=True)
class Conversations:
    """What a profile holds."""

    identity: PrivateKey
    chats: list[Chat]
    people: dict[str, list[PublicKey]]
    """Who writes in each chat, but for ourselves."""
    texts: Texts
    chance: random.Random

    @property
    def own(self) -> PublicKey:
        """Who has the profile."""
        return self.identity.public_key

    @classmethod
    def of(cls, chats: int, seed: int = 15) -> Conversations:
        """So many chats."""
        chance = random.Random(seed)

        def key() -> PublicKey:
            return PrivateKey(chance.randbytes(32)).public_key

        identity, authors = PrivateKey(chance.randbytes(32)), [key() for _ in range(min(AUTHORS, 20 * chats))]
        made: list[Chat] = []
        people: dict[str, list[PublicKey]] = {}
        for number in range(chats):
            kind = chance.choices([kind for kind, _ in KINDS], [share for _, share in KINDS])[0]
            others = [key()] if kind is ChatKind.ONE_TO_ONE else chance.sample(authors, min(len(authors), 40))
            match kind:
                case ChatKind.ONE_TO_ONE:
                    chat_id = others[0].hex
                case ChatKind.PRIVATE_GROUP:
                    noise = chance.randbytes(16).hex()
                    uuid = "-".join((noise[:8], noise[8:12], noise[12:16], noise[16:20], noise[20:]))
                    chat_id = group_chat_id(uuid, others[0])
                case _:
                    chat_id = f"{chance.choice(COMMON[:60]).replace(chr(39), '')}-{number}"
            made.append(Chat(chat_id, kind))
            people[chat_id] = others
        return cls(identity, made, people, Texts(chance), chance)

    def messages(self, count: int) -> Iterator[Message]:
        """In the order in which they came, each as the messenger stores it."""
        chance, now = self.chance, START_MS
        weights = list(
            accumulate(
                (4 if chat.kind is ChatKind.PUBLIC else 1) / (place + 5) for place, chat in enumerate(self.chats)
            )
        )
        last: dict[str, bytes] = {}
        for chat in chance.choices(self.chats, cum_weights=weights, k=count):
            now += max(1, round(chance.expovariate(1 / STEP_MS)))
            is_own = chance.random() < (0.4 if chat.kind is ChatKind.ONE_TO_ONE else 0.1)
            author = self.own if is_own else chance.choice(self.people[chat.id])
            reply = last.get(chat.id) if chance.random() < REPLIES else None
            message = self._message(chat, author, now, self.texts.next(), reply)
            last[chat.id] = message.id
            yield message

    def _message(self, chat: Chat, author: PublicKey, now: int, text: str, reply: bytes | None) -> Message:
        is_own = author == self.own
        private = chat.kind is ChatKind.ONE_TO_ONE
        payload = ChatMessage(
            clock=now,
            timestamp=now,
            text=text,
            response_to="" if reply is None else f"0x{reply.hex()}",
            chat_id=self.own.hex if private and not is_own else chat.id,
            message_type=_TYPES[chat.kind],
            content_type=ContentType.TEXT_PLAIN,
        )
        return Message(
            id=self.chance.randbytes(32),
            chat_id=chat.id,
            author=author,
            clock=now,
            sent_ms=now,
            received_ms=now if is_own else now + self.chance.randrange(50, 3_000),
            content_type=ContentType.TEXT_PLAIN,
            text=text,
            payload=payload.encode(),
            response_to=reply,
            state=MessageState.DELIVERED if is_own else None,
            forward_secrecy=private,
        )


_TYPES = {
    ChatKind.PUBLIC: MessageType.PUBLIC_GROUP,
    ChatKind.ONE_TO_ONE: MessageType.ONE_TO_ONE,
    ChatKind.PRIVATE_GROUP: MessageType.PRIVATE_GROUP,
}

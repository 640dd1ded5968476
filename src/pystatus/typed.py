"""Text that people type, paste, or keep in files: one function for each kind of it.

Editors of Windows put a byte order mark in front and write UTF-16; pages and chats give invisible characters and hard
spaces along with what is copied from them; keyboards differ in whether an accented letter is one code point (NFC) or a
letter and its accent (NFD). None of that is seen, so none of it may decide which account, password or chat is meant.

What comes from other programs (packets, key files of others, RPC) does not pass here: it is compared as it is.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from pystatus.errors import LocalError

BYTE_ORDER_MARK = "\ufeff"
"""What it is in decoded text; everywhere but in front of a file it is an invisible character."""

MAX_NORMALISED = 16_384
"""Characters of a text that is brought into one form of Unicode, which of accents takes time by their square: so many
take 0.1 seconds. Files and links of others come through here, too. What is longer, and not ASCII, is no key, no address
and no name, and is left as it is: whoever reads it refuses it. Ours."""

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_END_OF_LINE = re.compile(r"\r\n|\r|\n")
_FIRST_SURROGATE, _LAST_SURROGATE = "\ud800", "\udfff"


def decoded(data: bytes, what: str) -> str:
    """The text in ``data``, a file or standard input: UTF-8, or UTF-16 that says so, without its byte order mark.

    :param what: the name of the file, to begin a sentence with.
    :raises LocalError: it is no such text.
    """
    try:
        text = data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8")
    except UnicodeDecodeError:
        raise LocalError(f"{what} is not text in UTF-8. Check that it is the right file.") from None
    if "\0" in text:  # UTF-16 without a mark, or no text at all
        raise LocalError(f"{what} holds zero bytes, which no text has. Save it as UTF-8.")
    return text.removeprefix(BYTE_ORDER_MARK)


def without_end_of_line(text: str) -> str:
    """``text`` without one end of line behind it, which editors and ``echo`` put there."""
    return text.removesuffix("\n").removesuffix("\r")


def password(text: str) -> str:
    """The form of a password that a new profile is sealed with: in NFC, as phones and most keyboards write it; without
    a byte order mark in front and one end of line behind."""
    return _composed(without_end_of_line(text.removeprefix(BYTE_ORDER_MARK)))


def password_forms(text: str) -> tuple[str, ...]:
    """The forms in which a password that was typed as ``text`` may have been stored: first that of :func:`password`,
    then those of profiles that were made before there was one. Two if it is ASCII."""
    stored, unmarked = password(text), text.removeprefix(BYTE_ORDER_MARK)
    bare = without_end_of_line(unmarked)
    apart = unicodedata.normalize("NFD", bare)
    forms = (stored, bare, apart, BYTE_ORDER_MARK + stored, BYTE_ORDER_MARK + bare, text, _composed(unmarked))
    return tuple(dict.fromkeys(forms))


def words(text: str) -> list[str]:
    """The words of a recovery phrase, in lower case and in NFKD, which BIP-39 hashes. Any white space is between them;
    what is invisible is in none."""
    return [unicodedata.normalize("NFKD", word) for word in _visible(text).lower().split()]


def token(text: str) -> str:
    """A key, address, id or name of a command: something in ASCII without spaces, as it was meant. Wide forms, which
    East Asian keyboards write, become ASCII; what is invisible goes, and so do spaces around it."""
    if text.isascii() or len(text) > MAX_NORMALISED:
        return text.strip()
    return unicodedata.normalize("NFKC", _visible(text)).strip()


def tokens(text: str) -> list[str]:
    """Several of them, with commas or white space between them."""
    return token(text).replace(",", " ").split()


def chat_name(text: str) -> str:
    """What a person typed as the name of a public chat: in lower case, without a ``#`` in front. It need not be one."""
    return token(text).removeprefix("#").lower()


def name(text: str) -> str:
    """The name of a profile or of a device: in NFC, every space a plain one, none around it, and nothing invisible."""
    if text.isascii() or len(text) > MAX_NORMALISED:
        return text.strip()
    spaced = (" " if unicodedata.category(one) == "Zs" else one for one in _visible(text))
    return _composed("".join(spaced)).strip()


def is_same_name(one: str, other: str) -> bool:
    """Whether two names are the same to a reader: in any form, and in capitals or not."""
    return _caseless(one) == _caseless(other)


def line(text: str) -> str:
    """A line that is taken as it is, but for what is around it: a path, a password that other programs share."""
    return text.removeprefix(BYTE_ORDER_MARK).strip()


def message(text: str) -> str:
    """A text to send, with ``\\n`` between its lines and no byte order mark in front.

    :raises LocalError: it is no Unicode text: the argument was in another encoding.
    """
    if any(_FIRST_SURROGATE <= one <= _LAST_SURROGATE for one in text):
        raise LocalError("The text holds bytes that are not UTF-8. Set the terminal to UTF-8, or write it anew.")
    return _END_OF_LINE.sub("\n", text.removeprefix(BYTE_ORDER_MARK))


def is_yes(answer: str) -> bool:
    """Whether somebody who was asked said yes. Anything else is a no."""
    return token(answer).lower() in ("y", "yes")


def _visible(text: str) -> str:
    return "".join(one for one in text if unicodedata.category(one) != "Cf")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _caseless(text: str) -> str:
    """As Unicode's canonical caseless matching has it (The Unicode Standard, D145)."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name(text)).casefold())


class Percent(float):
    """A number of percent, as :func:`pystatus.settings.kinds.percent` reads it."""

    __slots__ = ()

    @property
    def typed(self) -> str:
        """As somebody types it: with the sign where the number alone could be a share."""
        return f"{self:.16g}%" if 0 < self < 1 else f"{self:.16g}"

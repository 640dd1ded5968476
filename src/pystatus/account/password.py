"""What the apps do with a password before it protects anything (account.md §4, §6)."""

import re

from pystatus import typed
from pystatus.crypto.hashing import keccak256
from pystatus.errors import LocalError

MIN_LENGTH = 6
"""Characters of a new password: the minimum of the apps."""

_LOOKS_LIKE_HEX = re.compile(r"0x[0-9a-f]*", re.IGNORECASE)


def check_new(password: str) -> None:
    """
    :raises LocalError: too short for a new password.
    """
    if len(typed.password(password)) < MIN_LENGTH:
        raise LocalError(f"A password has at least {MIN_LENGTH} characters. Choose a longer one.")


def hashed(password: str) -> str:
    """``0x`` and the Keccak-256 of the password: what key files of the apps are really protected with.

    The JavaScript function behind it takes a password that looks like ``0x`` and hexadecimal digits for bytes, two
    digits each; an odd last digit is a byte of its own. That is kept, so that files can be exchanged with the apps.

    :raises LocalError: an empty password (``0x`` is empty too), for which the apps have no hash, or broken text.
    """
    if _LOOKS_LIKE_HEX.fullmatch(password):
        data = bytes(int(password[start : start + 2], 16) for start in range(2, len(password), 2))
    else:
        try:
            data = password.encode()
        except UnicodeEncodeError as error:
            raise LocalError("The password holds a character that is no text. Type it again.") from error
    if not data:
        raise LocalError("The password is empty. Enter the password of this account.")
    return "0x" + keccak256(data).hex()

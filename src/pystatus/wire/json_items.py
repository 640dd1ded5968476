"""How much a text in JSON becomes when it is read: up to thirty times its size, where it is made of little things.

A reader of others' JSON counts first. 32 MiB of ``[]`` with commas between them are eleven million lists: a
gigabyte, and seconds in which nothing else is done.
"""

from __future__ import annotations


def most_items(text: bytes) -> int:
    """As many values as a text can have, and no fewer than it has: commas and brackets inside of strings count, too."""
    return 1 + text.count(b",") + text.count(b"[") + text.count(b"{")

"""What today's code does otherwise than that of commit 09e48c4, on purpose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"
LISTS = "`config show` prints lists as lists."
INTENDED: Mapping[str, str] = {
    f"{key} is printed as a list": LISTS
    for key in (
        "discovery.dns_lists",
        "limits.whitelist",
        "mailserver.catch_up_from",
        "peers",
        "rpc.allowed_hosts",
        "rpc.allowed_origins",
        "rpc.modules",
    )
}
"""The fault that a test below finds, and words of the line of the changelog that tells people of it."""


def unintended(faults: Iterable[str]) -> list[str]:
    """The faults that nobody wanted, or nobody was told of."""
    told = " ".join(CHANGELOG.read_text(encoding="utf-8").split())
    return [fault for fault in faults if fault not in INTENDED or INTENDED[fault] not in told]

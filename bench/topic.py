"""Joining a public chat: deriving its key."""

from collections.abc import Iterator

from bench.harness import Measurement, seconds_per_call
from pystatus.transport.channels import public_chat


def measure() -> Iterator[Measurement]:
    seconds = seconds_per_call(lambda: public_chat("status"))
    yield Measurement("topic.key_seconds", round(seconds, 5), "s", "PBKDF2, 65,356 rounds")

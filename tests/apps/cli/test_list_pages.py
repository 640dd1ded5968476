"""Lists a page at a time."""

import os

from pystatus.crypto.keys import PrivateKey
from tests.apps.support import Cli


def test_a_list_is_shown_a_page_at_a_time(cli: Cli) -> None:
    cli.add_profile("alice")
    people = [PrivateKey.generate(os.urandom).public_key.hex for _ in range(5)]
    for number, person in enumerate(people):
        cli.object("contact", "nickname", "alice", person, f"person {number}")
    everybody = [one["public_key"] for one in cli.objects("contact", "list", "alice")]
    assert sorted(everybody) == sorted(people)
    first = cli.run("contact", "list", "alice", "--limit", "2", "--json")
    assert first.stderr == ""
    told = cli.run("contact", "list", "alice", "--limit", "2")
    assert told.stderr == f"There are 3 more: --after {everybody[1]}\n"
    second = cli.objects("contact", "list", "alice", "--limit", "2", "--after", everybody[1])
    assert [one["public_key"] for one in second] == everybody[2:4]
    last = cli.objects("contact", "list", "alice", "--after", everybody[3][:40])
    assert [one["public_key"] for one in last] == everybody[4:]
    assert cli.error("contact", "list", "alice", "--after", "0x05", code=2) == (
        "No row of this list begins with '0x05'. Give the whole id of the last one that you saw."
    )
    assert cli.error("contact", "list", "alice", "--after", "0x04", code=2).startswith("Several rows of this list")

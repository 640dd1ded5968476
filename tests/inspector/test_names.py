"""What topics are called."""

from __future__ import annotations

from pystatus.crypto.keys import PrivateKey
from pystatus.inspector.names import TopicNames
from pystatus.transport import topics

PERSON = PrivateKey(b"\x05" * 32).public_key


def test_names_of_topics() -> None:
    names = TopicNames(["har\x1b[31mbour"], [PERSON])
    assert names.of(topics.topic("har\x1b[31mbour")) == "#harbour"
    assert str(names.of(topics.topic(topics.contact_code(PERSON)))).startswith("contact code of ")
    assert str(names.of(topics.topic(topics.personal_discovery(PERSON)))).startswith("discovery of ")
    assert names.of(topics.topic("contact-discovery-4999")) == "partition 4999"
    assert names.of(bytes.fromhex("f8946aac")) == "discovery, old clients"
    assert names.of(b"\x00\x00\x00\x00") is None
    assert len(names.chosen) == 4

"""Names, topics and keys: every vector, and the known answers of waku.md §12."""

import pytest

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import LocalError
from pystatus.transport import topics
from pystatus.transport.channels import (
    Channel,
    ChannelKind,
    contact_code,
    negotiated,
    partitioned,
    personal_discovery,
    public_chat,
)
from pystatus.waku.data import SymmetricKey
from tests.support.vectors import Case, case_id, cases, load, unhex


def public_key(case: Case) -> PublicKey:
    key = PublicKey.from_bytes(unhex(case["public_key"]))
    if "private_key" in case:
        assert PrivateKey(unhex(case["private_key"])).public_key == key
    return key


def check(case: Case, channel: Channel, name: str, kind: ChannelKind) -> None:
    assert name == case["topic_input"]
    assert topics.topic(name) == channel.topic == unhex(case["topic"])
    assert channel.kind is kind
    if "sym_key" in case:
        assert name == case["sym_key_password"]
        assert channel.key == SymmetricKey(unhex(case["sym_key"]))
    else:
        assert channel.key == channel.peer


def test_constants() -> None:
    constants = load("topics")
    assert constants["partitions"] == topics.PARTITIONS
    assert constants["sym_key_derivation"]["iterations"] == topics.KEY_ITERATIONS


@pytest.mark.requirement("WU-18", "AC-9")
@pytest.mark.parametrize("case", cases("topics", "public_chat"), ids=case_id)
def test_public_chats(case: Case) -> None:
    channel = public_chat(case["name"])
    check(case, channel, case["name"], ChannelKind.PUBLIC)
    assert channel.name == case["name"]


@pytest.mark.parametrize("case", cases("topics", "mailserver_password"), ids=case_id)
def test_the_mailserver_password(case: Case) -> None:
    assert topics.symmetric_key(case["sym_key_password"]) == SymmetricKey(unhex(case["sym_key"]))


@pytest.mark.requirement("ST-44", "WU-17")
@pytest.mark.parametrize("case", cases("topics", "partitioned"), ids=case_id)
def test_partitioned(case: Case) -> None:
    key = public_key(case)
    check(case, partitioned(key), topics.partitioned(key), ChannelKind.PARTITIONED)


@pytest.mark.parametrize("case", cases("topics", "personal_discovery"), ids=case_id)
def test_personal_discovery(case: Case) -> None:
    key = public_key(case)
    check(case, personal_discovery(key), topics.personal_discovery(key), ChannelKind.PERSONAL_DISCOVERY)


@pytest.mark.requirement("ST-44", "WU-16", "AC-14")
@pytest.mark.parametrize("case", cases("topics", "contact_code"), ids=case_id)
def test_contact_codes(case: Case) -> None:
    key = public_key(case)
    check(case, contact_code(key), topics.contact_code(key), ChannelKind.CONTACT_CODE)


@pytest.mark.parametrize("case", cases("topics", "negotiated"), ids=case_id)
def test_negotiated(case: Case) -> None:
    """Both sides come to the same place; a secret that starts with zero bytes keeps them."""
    a, b = PrivateKey(unhex(case["private_key_a"])), PrivateKey(unhex(case["private_key_b"]))
    assert a.public_key == PublicKey.from_bytes(unhex(case["public_key_a"]))
    assert b.public_key == PublicKey.from_bytes(unhex(case["public_key_b"]))
    secret = a.agree(b.public_key)
    assert secret == b.agree(a.public_key) == unhex(case["shared_secret"])
    assert (secret[0] == 0) is case["leading_zero_byte"]
    channel = negotiated(b.public_key, secret)
    check(case, channel, topics.negotiated(secret), ChannelKind.NEGOTIATED)
    assert secret.hex() not in repr(channel)


@pytest.mark.parametrize("case", cases("topics", "negotiated_filter_name"), ids=case_id)
def test_what_a_negotiated_channel_is_called(case: Case) -> None:
    key = public_key(case)
    assert topics.negotiated_filter_name(key) == case["filter_name"]
    assert negotiated(key, b"s" * 32, SymmetricKey(b"k" * 32)).name == case["filter_name"]


def test_known_answers() -> None:
    """waku.md §12."""
    one, two = (PrivateKey(bytes(31) + bytes((number,))) for number in (1, 2))
    assert topics.partitioned(one.public_key) == "contact-discovery-4240"
    assert partitioned(one.public_key).topic.hex() == "a2083df7"
    assert topics.topic(topics.contact_code(one.public_key)).hex() == "2ebf3423"
    assert personal_discovery(one.public_key).topic.hex() == "42b71167"
    secret = one.agree(two.public_key)
    channel = negotiated(two.public_key, secret)
    assert channel.topic.hex() == "90d87ad8"
    expected = "e76338f52f6524cf19d1e1b2a8caa3ddbe8c6ef8f1a6e4ca0e1d23708fd6a89f"
    assert channel.key == SymmetricKey(bytes.fromhex(expected))
    assert topics.topic("contact-discovery").hex() == "f8946aac"


def test_a_key_that_is_known_is_not_derived_again() -> None:
    known = SymmetricKey(b"k" * 32)
    owner = PrivateKey(b"\x01" * 32).public_key
    assert public_chat("status", known).key is known
    assert contact_code(owner, known).key is known
    assert negotiated(owner, b"s" * 32, known).key is known


def test_half_a_character_is_no_name() -> None:
    with pytest.raises(LocalError):
        public_chat("\ud83c")
    with pytest.raises(LocalError):
        topics.symmetric_key("\udf0d")

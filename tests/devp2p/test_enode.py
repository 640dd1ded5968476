"""enode URLs: what people paste."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PublicKey
from pystatus.devp2p.enode import Enode
from pystatus.errors import LocalError
from tests.devp2p import known_answers as kat

ID_A = kat.STATIC_A.public_key.xy.hex()
ADDRESS_A = "6469cc2093f39e9117071e660d3ab14bbad3d99f4203bd7a11acb94882050e7e"


@pytest.mark.parametrize(
    ("text", "host", "port", "udp_port"),
    [
        (f"enode://{ID_A}@127.0.0.1:30303", "127.0.0.1", 30303, 30303),
        (f"enode://{ID_A}@[::1]:30303", "::1", 30303, 30303),
        (f"enode://{ID_A}@[2001:db8::0:1]:1", "2001:db8::1", 1, 1),
        (f"enode://{ID_A}@node-01.do-ams3.eth.prod.status.im:443", "node-01.do-ams3.eth.prod.status.im", 443, 443),
        (f"enode://{ID_A}@10.3.58.6:30303?discport=30301", "10.3.58.6", 30303, 30301),
        (f"enode://{ID_A}@10.3.58.6:30303?discport=0", "10.3.58.6", 30303, 0),
        (f"  enode://{ID_A.upper()}@localhost:65535\n", "localhost", 65535, 65535),
        (f"enode://{ID_A}@127.0.0.1:30303/", "127.0.0.1", 30303, 30303),
        (f"enode://{ID_A}@127.0.0.1:30303?discport=", "127.0.0.1", 30303, 30303),
        (f"Enode://0x{ID_A}@127.0.0.1:030303/x?port=1#y", "127.0.0.1", 30303, 30303),
    ],
)
def test_complete(text: str, host: str, port: int, udp_port: int) -> None:
    enode = Enode.parse(text)
    assert enode == Enode(kat.STATIC_A.public_key, host, port, udp_port)
    assert enode.is_complete
    assert Enode.parse(str(enode)) == enode


@pytest.mark.parametrize("text", [ID_A, ID_A.upper(), f"enode://{ID_A}"])
def test_incomplete(text: str) -> None:
    enode = Enode.parse(text)
    assert enode == Enode(kat.STATIC_A.public_key)
    assert not enode.is_complete
    assert str(enode) == f"enode://{ID_A}"


def test_written_form_is_lower_case_and_short() -> None:
    assert str(Enode.parse(f"enode://{ID_A.upper()}@[::1]:7?discport=7")) == f"enode://{ID_A}@[::1]:7"
    assert str(Enode.parse(f"enode://{ID_A}@[::1]:7?discport=8")) == f"enode://{ID_A}@[::1]:7?discport=8"


def test_ids() -> None:
    enode = Enode.parse(ID_A)
    assert enode.node_id.hex() == ID_A
    assert enode.node_address.hex() == ADDRESS_A
    assert enode.node_address == keccak256(enode.node_id)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "128 hexadecimal digits"),
        ("http://example.org", "128 hexadecimal digits"),
        (f"enr://{ID_A}@127.0.0.1:1", "does not begin with"),
        (f"{ID_A}@127.0.0.1:1", "does not begin with"),
        ("enode://@127.0.0.1:1", "128 hexadecimal digits"),
        (f"enode://{ID_A[:-1]}@127.0.0.1:1", "128 hexadecimal digits"),
        (f"enode://{ID_A[:-1]}g@127.0.0.1:1", "128 hexadecimal digits"),
        (f"enode://{ID_A[:-2]}  @127.0.0.1:1", "128 hexadecimal digits"),
        (f"enode://{'11' * 64}@127.0.0.1:1", "not a public key"),
        (f"enode://{'00' * 64}", "not a public key"),
        (f"enode://{ID_A}@127.0.0.1", "port is missing"),
        (f"enode://{ID_A}@127.0.0.1:", "a port is a number"),
        (f"enode://{ID_A}@127.0.0.1:65536", "a port is a number"),
        (f"enode://{ID_A}@127.0.0.1:0x10", "a port is a number"),
        (f"enode://{ID_A}@127.0.0.1:+1", "a port is a number"),
        (f"enode://{ID_A}@127.0.0.1:\u0661", "a port is a number"),
        (f"enode://{ID_A}@127.0.0.1:1?discport=70000", "a port is a number"),
        (f"enode://{ID_A}@127.0.0.1:1?Discport=1", "discport"),
        (f"enode://0x{ID_A[:-2]}@127.0.0.1:1", "128 hexadecimal digits"),
        (f"enode://{ID_A}@127.0.0.1:1?discport=1&discport=2", "discport"),
        (f"enode://{ID_A}@::1:30303", "brackets"),
        (f"enode://{ID_A}@:30303", "neither an IP address nor a name"),
        (f"enode://{ID_A}@bad host:1", "neither an IP address nor a name"),
        (f"enode://{ID_A}@-bad.example:1", "neither an IP address nor a name"),
        (f"enode://{ID_A}@300.1.1.1:1", "neither an IP address nor a name"),
        (f"enode://{ID_A}@{'a' * 64}.example:1", "neither an IP address nor a name"),
        (f"enode://{ID_A}@{'a.' * 130}example:1", "neither an IP address nor a name"),
    ],
)
def test_refused_with_a_sentence(text: str, complaint: str) -> None:
    with pytest.raises(LocalError, match=complaint):
        Enode.parse(text)


@given(st.text())
def test_any_text_is_an_enode_or_a_local_error(text: str) -> None:
    for candidate in (text, f"enode://{ID_A}@{text}", f"enode://{text}@1.2.3.4:5", f"enode://{ID_A}@h:1?{text}"):
        try:
            enode = Enode.parse(candidate)
        except LocalError:
            continue
        assert Enode.parse(str(enode)) == enode


@given(
    st.ip_addresses().filter(lambda host: getattr(host, "ipv4_mapped", None) is None),
    st.integers(0, 65535),
    st.integers(0, 65535),
)
def test_round_trip(host: object, port: int, udp_port: int) -> None:
    enode = Enode(kat.STATIC_B.public_key, str(host), port, udp_port)
    assert Enode.parse(str(enode)) == enode
    assert isinstance(enode.public_key, PublicKey)

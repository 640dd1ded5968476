"""x3dh.json: bundles, X3DH, plain Diffie-Hellman messages, ECIES; and the known answers of secure-transport.md §13."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.crypto import ecies
from pystatus.crypto.ciphers import aes_gcm
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import RemoteError
from pystatus.secure_transport import plain_dh, x3dh
from pystatus.secure_transport.bundles import Bundle, BundleContainer, SignedPreKey, signature_material
from pystatus.secure_transport.errors import BadBundle, Undecryptable
from pystatus.secure_transport.messages import DirectMessage, ProtocolMessage
from tests.support.randomness import QueuedRandom
from tests.support.vectors import Case, case_id, cases, unhex


def entries(case: Case) -> list[SignedPreKey]:
    return [
        SignedPreKey(
            entry["installation_id"], unhex(entry["signed_pre_key"]), entry["version"], entry["protocol_version"]
        )
        for entry in case["signed_pre_keys"]
    ]


def private(text: str) -> PrivateKey:
    return PrivateKey(unhex(text))


@pytest.mark.requirement("ST-15", "ST-16", "AC-4")
@pytest.mark.parametrize("case", cases("x3dh", "bundle"), ids=case_id)
def test_bundle(case: Case) -> None:
    bundle = Bundle.decode(unhex(case["protobuf"]))
    assert bundle == Bundle(unhex(case["identity"]), tuple(entries(case)), case["timestamp"], unhex(case["signature"]))
    assert Bundle.decode(bundle.encode()) == bundle
    material = signature_material(reversed(entries(case)), case["timestamp"])
    assert material == unhex(case["signature_material"])
    assert keccak256(material) == unhex(case["signature_hash"])
    if case["must_fail"]:
        with pytest.raises(BadBundle):
            bundle.verify()
        return
    assert bundle.verify().uncompressed == unhex(case["extracted_identity"])
    assert Bundle.sign(private(case["identity_private_key"]), reversed(entries(case)), case["timestamp"]) == bundle
    if len(bundle.signed_pre_keys) < 2:
        assert bundle.encode() == unhex(case["protobuf"])
    for entry in bundle.signed_pre_keys:
        assert private(case["signed_pre_key_private"][entry.installation_id]).public_key.compressed == entry.public


@pytest.mark.parametrize("case", cases("x3dh", "bundle_container"), ids=case_id)
def test_bundle_container(case: Case) -> None:
    container = BundleContainer.decode(unhex(case["container_protobuf"]))
    assert container == BundleContainer(Bundle.decode(unhex(case["protobuf"])), unhex(case["private_signed_pre_key"]))
    assert container.encode() == unhex(case["container_protobuf"])
    pre_key = PrivateKey(container.private_signed_pre_key)
    assert pre_key.public_key.compressed == container.bundle.signed_pre_keys[0].public
    assert Bundle.sign(private(case["identity_private_key"]), entries(case), case["timestamp"]) == container.bundle


@pytest.mark.requirement("ST-3")
@pytest.mark.parametrize("case", cases("x3dh", "x3dh"), ids=case_id)
def test_x3dh_comes_to_the_same_key_on_both_sides(case: Case) -> None:
    initiator, ephemeral = private(case["initiator_identity_private"]), private(case["initiator_ephemeral_private"])
    responder, pre_key = private(case["responder_identity_private"]), private(case["responder_signed_pre_key_private"])
    agreements = (unhex(case["dh1"]), unhex(case["dh2"]), unhex(case["dh3"]))
    active = x3dh.initiator_agreements(
        initiator,
        ephemeral,
        PublicKey.from_bytes(unhex(case["responder_identity_public"])),
        PublicKey.from_bytes(unhex(case["responder_signed_pre_key_public"])),
    )
    passive = x3dh.responder_agreements(
        responder,
        pre_key,
        PublicKey.from_bytes(unhex(case["initiator_identity_public"])),
        PublicKey.from_bytes(unhex(case["initiator_ephemeral_public"])),
    )
    assert active == passive == agreements
    assert x3dh.shared_key(agreements) == unhex(case["shared_key"])


@pytest.mark.parametrize("case", cases("x3dh", "dh"), ids=case_id)
def test_agreement(case: Case) -> None:
    key, other = private(case["private_key"]), private(case["other_private_key"])
    assert key.public_key.compressed == unhex(case["other_public_key"])
    assert key.agree(PublicKey.from_bytes(unhex(case["public_key"]))) == unhex(case["shared"])
    assert other.agree(key.public_key) == unhex(case["shared"])


@pytest.mark.parametrize("case", cases("x3dh", "dh_message"), ids=case_id)
def test_plain_dh_message(case: Case) -> None:
    recipient, ephemeral = private(case["recipient_private_key"]), private(case["ephemeral_private_key"])
    message = DirectMessage.decode(unhex(case["protobuf"]))
    assert message == DirectMessage(unhex(case["payload"]), dh_key=unhex(case["dh_header"]["key"]))
    assert message.encode() == unhex(case["protobuf"])
    assert len(message.payload) == case["payload_length"]
    assert message.dh_key is not None
    assert plain_dh.unseal(recipient, message.dh_key, message.payload) == unhex(case["plaintext"])

    assert ephemeral.agree(recipient.public_key) == unhex(case["aes_key"])
    nonce = message.payload[-12:]

    def drawn(size: int) -> bytes:
        return {32: ephemeral.secret, 12: nonce}[size]

    assert plain_dh.seal(recipient.public_key, unhex(case["plaintext"]), drawn) == message


@pytest.mark.parametrize("case", cases("x3dh", "ecies"), ids=case_id)
def test_ecies(case: Case) -> None:
    key = private(case["recipient_private_key"])
    if case["must_fail"]:
        with pytest.raises(RemoteError):
            ecies.decrypt(key, unhex(case["ciphertext"]))
        return
    assert ecies.decrypt(key, unhex(case["ciphertext"])) == unhex(case["plaintext"])
    sealed = ecies.encrypt(key.public_key, unhex(case["plaintext"]), QueuedRandom())
    assert ecies.decrypt(key, sealed) == unhex(case["plaintext"])


# Known answers of secure-transport.md §13: private keys of 32 equal bytes.

IDENTITY_A, EPHEMERAL_A, IDENTITY_B, PRE_KEY_B, OTHER_PRE_KEY_B = (
    PrivateKey(bytes([value] * 32)) for value in (0x30, 0x31, 0x32, 0x33, 0x34)
)
SHARED_KEY = bytes.fromhex("a4e923d0af8fe78a056363be20e71c0a58e569ea8fc1f79289eca10d9f68133a")


@pytest.mark.requirement("ST-3")
def test_known_shared_key() -> None:
    agreements = x3dh.initiator_agreements(IDENTITY_A, EPHEMERAL_A, IDENTITY_B.public_key, PRE_KEY_B.public_key)
    assert [value.hex() for value in agreements] == [
        "1cdd39dce068b0253b71c6611f6ac642cb837f8a32d0eae574eaaa8210993ec6",
        "01d2e36e3c06975e69a5b59e83c946176c50a4984a2f7190079b1c99e44a1252",
        "5b230a6860ffb60e363417497712c6a05d9398bac495529f9307d82958ea8c18",
    ]
    assert x3dh.shared_key(agreements) == SHARED_KEY


@pytest.mark.requirement("ST-15", "ST-16")
def test_known_bundle() -> None:
    bundle = Bundle.sign(
        IDENTITY_B,
        [
            SignedPreKey("bob-2", OTHER_PRE_KEY_B.public_key.compressed, 12),
            SignedPreKey("bob-1", PRE_KEY_B.public_key.compressed, 3),
        ],
        1600000000000000000,
    )
    assert bundle.signature.hex() == (
        "d736d8136a56ab05a6b34f8109e3db625ccf8011b3f0e5ae8cd732d491d5d2321537051371741500f40032211baea16cd3284cc9a89ae"
        "4bde1ce278ac32a157b00"
    )
    known = bytes.fromhex(
        "0a210290999dbbf43034bffb1dd53eac1eb4c33a4ea1c4f48ba585cfde3830840f055512300a05626f622d3112270a21023c72addb4fdf"
        "09af94f0c94d7fe92a386a7e70cf8a1d85916386bb2535c7b1b11003180112300a05626f622d3212270a2102407cba6352eaeb9354dc75"
        "ca26396785b27a85cfd4d58575de440902292d662a100c18012241d736d8136a56ab05a6b34f8109e3db625ccf8011b3f0e5ae8cd732d4"
        "91d5d2321537051371741500f40032211baea16cd3284cc9a89ae4bde1ce278ac32a157b0028808080c5ddf0959a16"
    )
    assert Bundle.decode(known) == bundle
    assert bundle.verify() == IDENTITY_B.public_key


def test_known_plain_dh_message() -> None:
    nonce = bytes(range(12))
    sealed = aes_gcm(EPHEMERAL_A.agree(IDENTITY_B.public_key)).encrypt(nonce, b"hello", None) + nonce
    assert sealed.hex() == "3ffc748e7462b90d17c2dd02a500807394f5205a3d000102030405060708090a0b"
    assert plain_dh.unseal(IDENTITY_B, EPHEMERAL_A.public_key.compressed, sealed) == b"hello"


# Anything else


@pytest.mark.parametrize(
    ("key", "payload"),
    [
        (EPHEMERAL_A.public_key.compressed, bytes(27)),
        (EPHEMERAL_A.public_key.compressed, bytes(28)),
        (b"", bytes(40)),
        (EPHEMERAL_A.public_key.uncompressed, bytes(40)),
        (b"\x02" + b"\xff" * 32, bytes(40)),
    ],
    ids=["too short", "wrong tag", "no key", "uncompressed key", "not on the curve"],
)
def test_plain_dh_refuses(key: bytes, payload: bytes) -> None:
    with pytest.raises(Undecryptable):
        plain_dh.unseal(IDENTITY_B, key, payload)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_value_or_a_remote_error(data: bytes) -> None:
    for decoder in (Bundle.decode, BundleContainer.decode, DirectMessage.decode, ProtocolMessage.decode):
        try:
            value = decoder(data)
        except RemoteError:
            continue
        assert decoder(value.encode()) == value


@given(
    st.builds(
        Bundle,
        identity=st.sampled_from(
            [b"", IDENTITY_A.public_key.compressed, IDENTITY_A.public_key.uncompressed, bytes(33)]
        ),
        signed_pre_keys=st.lists(
            st.builds(
                SignedPreKey,
                st.text(st.characters(exclude_categories=["Cs"]), max_size=70),
                st.sampled_from([b"", PRE_KEY_B.public_key.compressed, bytes(33)]),
                st.integers(0, 2**32 - 1),
                st.integers(0, 2**32 - 1),
            ),
            max_size=20,
            unique_by=lambda entry: entry.installation_id,
        ).map(lambda found: tuple(sorted(found, key=lambda entry: entry.installation_id.encode()))),
        timestamp=st.integers(-(2**63), 2**63 - 1),
        signature=st.binary(max_size=66),
    )
)
def test_any_bundle_survives_its_encoding_and_is_judged_without_an_exception(bundle: Bundle) -> None:
    assert Bundle.decode(bundle.encode()) == bundle
    with pytest.raises(BadBundle):
        bundle.verify()
    try:
        bundle.check_limits()
    except BadBundle:
        return
    assert len(bundle.signed_pre_keys) <= 16

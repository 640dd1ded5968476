"""What an endpoint answers, and what somebody asks to be signed or paid."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from functools import partial

import msgspec

from pystatus.errors import LocalError
from pystatus.ethereum import abi, blocks, content_hash, edn, ipfs, messages, prices, sticker_packs, uris
from pystatus.ethereum.sending import TransactionRequest
from pystatus.ethereum.transactions import checked_signature
from pystatus.ethereum.typed_data import TypedData
from tests.fuzzing.target import Target, as_text, every
from tests.support.vectors import cases, unhex


def _answer(data: bytes) -> None:
    """Every reading of one answer."""
    try:
        found = msgspec.json.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return
    every(
        *(
            partial(read, found)
            for read in (
                blocks.Header.of,
                blocks.ChainTransaction.of,
                blocks.Receipt.of,
                blocks.Log.of,
                blocks.logs_of,
                blocks.transactions_of,
            )
        )
    )


def _returned(data: bytes) -> None:
    """What a contract has returned, and what somebody has signed."""
    every(
        partial(abi.text, data),
        partial(abi.decoded, ["address", "uint256", "bytes"], data),
        partial(abi.arguments, "approve(address,uint256)", data),
        partial(abi.word, data),
        partial(messages.recover, b"hello", data),
        partial(checked_signature, bytes(32), data, bytes(20)),
    )


def _typed_data(text: str) -> None:
    request = TypedData.parse(text)
    every(partial(request.check_chain, 1), request.digest)


def _uri(text: str) -> None:
    found = uris.parse(text)
    assert uris.parse(str(found)) == found


def _file(data: bytes) -> None:
    """A block that somebody keeps, which is what its id says."""
    asked = ipfs.contents(bytes.fromhex("01701220") + hashlib.sha256(data).digest(), 1 << 20)
    next(asked)
    with suppress(StopIteration):
        asked.send(data)


def _pack(data: bytes) -> None:
    every(partial(sticker_packs.read, data), partial(edn.read, data.decode("utf-8", "replace")))


def _prices(data: bytes) -> None:
    prices.read(data, ("ETH", "SNT"), "EUR")


def _content(data: bytes) -> None:
    found = content_hash.parse(data)
    if found is not None:
        assert content_hash.encode(found) == data


HASH, ADDRESS = "0x" + "11" * 32, "0x" + "22" * 20
PLACE = {"blockNumber": "0x5", "blockHash": HASH, "transactionHash": HASH}
LOG = {**PLACE, "address": ADDRESS, "topics": [HASH], "data": "0x01", "logIndex": "0x0", "removed": False}
BLOCK = {"number": "0x5", "hash": HASH, "parentHash": HASH, "timestamp": "0x6", "baseFeePerGas": "0x7"}
TRANSACTION = {"hash": HASH, "from": ADDRESS, "to": None, "value": "0x1", "nonce": "0x2", "gas": "0x3", "input": "0x"}
RECEIPT = {**PLACE, "status": "0x1", "gasUsed": "0x5208", "logs": [LOG], "contractAddress": None}
ANSWERS = [{**BLOCK, "transactions": [TRANSACTION]}, TRANSACTION, RECEIPT, LOG, [LOG]]

RETURNED = (
    (32).to_bytes(32, "big") + (3).to_bytes(32, "big") + b"SNT".ljust(32, b"\0"),
    b"SNT".ljust(32, b"\0"),
    bytes.fromhex(ADDRESS[2:]).rjust(32, b"\0") + bytes(31) + b"\x07" + bytes(31) + b"\x60" + bytes(32),
    abi.selector("approve(address,uint256)") + bytes(64),
    b"\x01" * 64 + b"\x1b",
)
URIS = (
    b"ethereum:" + ADDRESS.encode() + b"@5?value=2.014e18",
    b"ethereum:pay-a.eth/transfer?address=b.eth&uint256=1",
)
CONTENTS = (
    unhex("0xe3010170122029f2d17be6139079dc48696d1f582a8530eb9805b561eda517e22a892c7e3f1f"),
    bytes.fromhex("e5010170000f") + b"app.uniswap.org",
)
FILES = (bytes.fromhex("0a0c080212066272696e6b0a1806"), bytes.fromhex("0a120802120c68656c6c6f20776f726c640a180c"))
"""Blocks with a text in them."""
PACKS = (
    b'{meta {:name "Pack" :author "a" :thumbnail "e3010170" :preview "e3010170" :stickers [{:hash "e3010170"}]}}',
    b'{:a [1 2.5 "text" nil true #{3}] ; remark\n}',
)
PRICES = (
    b'{"RAW": {"ETH": {"EUR": {"PRICE": 1850.25}}, "SNT": {"EUR": {"PRICE": 0.02, "OPEN24HOUR": 0.01}}}}',
    b'{"Response": "Error", "Message": "no such market"}',
)
TARGETS = [
    Target(
        "ethereum-answer",
        _answer,
        lambda: [json.dumps(one).encode() for one in ANSWERS],
        (
            "ethereum/blocks.py:Header.of",
            "ethereum/blocks.py:ChainTransaction.of",
            "ethereum/blocks.py:Receipt.of",
            "ethereum/blocks.py:Log.of",
            "ethereum/blocks.py:logs_of",
            "ethereum/blocks.py:transactions_of",
            "ethereum/blocks.py:listed",
            "ethereum/blocks.py:structure",
            "ethereum/quantities.py:address",
            "ethereum/quantities.py:data",
            "ethereum/quantities.py:hash_of",
            "ethereum/quantities.py:quantity",
        ),
    ),
    Target(
        "contract-returned",
        _returned,
        lambda: RETURNED,
        (
            "ethereum/abi.py:arguments",
            "ethereum/abi.py:decoded",
            "ethereum/abi.py:text",
            "ethereum/abi.py:word",
            "ethereum/messages.py:recover",
            "ethereum/transactions.py:checked_signature",
        ),
    ),
    Target(
        "typed-data",
        as_text(_typed_data),
        lambda: [one["request"].encode() for one in cases("typed_data")[:40]],
        ("ethereum/typed_data.py:TypedData.parse", "ethereum/typed_data.py:TypedData.struct_hash"),
    ),
    Target(
        "transaction-request",
        as_text(TransactionRequest.parse),
        lambda: [step["args"].encode() for one in cases("signing", "transactor")[:20] for step in one["steps"][:1]],
        ("ethereum/sending.py:TransactionRequest.parse",),
    ),
    Target("payment-uri", as_text(_uri), lambda: URIS, ("ethereum/uris.py:parse",), allowed=(LocalError,)),
    Target(
        "ipfs-block",
        _file,
        lambda: FILES,
        ("ethereum/ipfs.py:contents", "ethereum/ipfs.py:check_block"),
    ),
    Target(
        "sticker-pack",
        _pack,
        lambda: PACKS,
        ("ethereum/sticker_packs.py:read", "ethereum/edn.py:read", "ethereum/edn.py:_Reader.value"),
    ),
    Target("prices", _prices, lambda: PRICES, ("ethereum/prices.py:read",)),
    Target("content-hash", _content, lambda: CONTENTS, ("ethereum/content_hash.py:parse",)),
]

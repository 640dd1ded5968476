"""Waku: envelopes, packets, Status, and a relay that takes them; requests for history."""

from __future__ import annotations

from functools import partial

from pystatus.crypto.keys import PrivateKey
from pystatus.mailserver import lacking
from pystatus.mailserver.completion import decode_completion, parse_completion
from pystatus.mailserver.cursor import CURSOR_SIZE, Key
from pystatus.mailserver.requests import REQUEST_TOPIC, HistoryRequest
from pystatus.mailserver.server.server import Server
from pystatus.mailserver.time_ranges import TimeRange
from pystatus.waku import packets
from pystatus.waku.capture import CaptureReader, Record, header
from pystatus.waku.data import SymmetricKey, decode_plaintext, encode_plaintext, unseal
from pystatus.waku.dialects.dialect import Dialect
from pystatus.waku.dialects.shh_6 import SHH_6
from pystatus.waku.dialects.waku_0 import WAKU_0
from pystatus.waku.dialects.waku_1 import WAKU_1
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.relay import Relay
from pystatus.waku.status import StatusOptions, decode_bloom, decode_pow, decode_rates
from pystatus.wire import rlp
from tests.fuzzing.corpus import hexes
from tests.fuzzing.target import Target, as_text, each, every
from tests.mailserver.support import KEY, drawn, last_day, plain, sealed
from tests.waku.network import NOW, envelope, watching

READER = PrivateKey(bytes([8] * 32))
SHARED = SymmetricKey(bytes([9] * 32))
DIALECTS: tuple[Dialect, ...] = (WAKU_1, WAKU_0, SHH_6)
PACKETS = (0, 1, 11, 12, 20, 22, 124, 125, 126, 127, 2, 3)
"""The codes of all dialects, and some that mean nothing."""


def _envelope(data: bytes) -> None:
    found = Envelope.decode(data)
    assert found.raw == data
    assert len(found.topic) == 4
    found.pow()


def _packets(data: bytes) -> None:
    each(
        lambda _: packets.decode_messages(data),
        lambda _: packets.split_messages(data),
        lambda _: [list(one) for one in packets.split_in_steps(data, 2)],
        packets.MessageResponse.decode,
        packets.MessagesRequest.decode,
        packets.answered_batch,
        packets.decode_batch_acknowledged,
        packets.decode_p2p_request,
        packets.plain_request_id,
        packets.decode_request_complete,
    )(data)


def _status(data: bytes) -> None:
    """The first byte says in which dialect, and which update."""
    dialect = DIALECTS[data[0] % len(DIALECTS)] if data else WAKU_1
    codes = sorted(dialect.update_codes)
    body = data[1:]
    each(
        dialect.decode_status,
        *(partial(dialect.decode_update, code) for code in codes),
        lambda _: dialect.split_p2p(body, 10),
    )(body)


def _options(data: bytes) -> None:
    options = StatusOptions.decode(data)
    assert StatusOptions.decode(options.encode()) == options


def _option_values(data: bytes) -> None:
    item = rlp.decode(data)
    each(lambda _: decode_pow(item), lambda _: decode_bloom(item), lambda _: decode_rates(item))(data)


def _relay(data: bytes) -> None:
    """A peer says these packets: code, size, body. The first byte says how it speaks, the second, whether it greets."""
    relay = Relay(watching())
    dialect = DIALECTS[data[0] % len(DIALECTS)] if data else WAKU_1
    relay.peer_connected("peer", NOW, dialect=dialect)
    if data[1:2] != b"\xff":
        relay.receive_packet("peer", 0, dialect.encode_status(StatusOptions(pow_requirement=0.0)), NOW)
    position = 2
    while position < len(data):
        code, size = PACKETS[data[position] % len(PACKETS)], int.from_bytes(data[position + 1 : position + 3], "big")
        body = data[position + 3 : position + 3 + size]
        position += 3 + size
        every(partial(relay.receive_packet, "peer", code, body, NOW), partial(relay.receive_aside, "peer", body, NOW))
    while relay.next_event() is not None:
        pass


def _conversations() -> list[bytes]:
    bodies = {
        1: packets.encode_messages([envelope(1), envelope(2)]),
        22: StatusOptions(topic_interest=(b"abcd",)).encode(),
        0: StatusOptions(pow_requirement=1.0).encode(),
        12: packets.MessageResponse(bytes(32)).encode(),
        11: packets.encode_batch_acknowledged(bytes(32)),
        126: sealed(last_day()).raw,
        125: packets.encode_request_complete(bytes(100)),
        127: envelope(3).raw,
    }
    steps = [bytes([PACKETS.index(code)]) + len(body).to_bytes(2, "big") + body for code, body in bodies.items()]
    return [*(b"\0\0" + step for step in steps), b"\0\0" + b"".join(steps), b"\x02\0" + b"".join(steps[:2])]


def _opened(data: bytes) -> None:
    each(
        decode_plaintext,
        SHARED.open,
        partial(unseal, SHARED),
        partial(unseal, READER),
        lambda plaintext: unseal(SHARED, SHARED.seal(plaintext, drawn)),
    )(data)


def _plaintexts() -> list[bytes]:
    found = [encode_plaintext(bytes(n), signer, drawn) for n in (0, 1, 300) for signer in (None, READER)]
    return [*found, *(SHARED.seal(one, drawn) for one in found), *hexes("envelopes", longest=1500)]


def _history(data: bytes) -> None:
    each(HistoryRequest.decode, decode_completion, parse_completion)(data)
    each(lambda _: Key.from_cursor(data), lambda _: Key.from_cursor(data[:CURSOR_SIZE].ljust(CURSOR_SIZE, b"\0")))(data)


def _server(data: bytes) -> None:
    """A request as it came, and with the inside of a sealed one."""
    server = Server(KEY)
    server.receive("peer", data, NOW)
    while (work := server.next_work()) is not None:
        server.done(work)


def _server_sealed(data: bytes) -> None:
    encoded = KEY.seal(encode_plaintext(data, READER, drawn), drawn)
    _server(Envelope.create(int(NOW) + 10, 10, REQUEST_TOPIC, encoded).raw)


def _lacking(text: str) -> None:
    found = lacking.Pending.parse(text)
    if found is not None:
        assert lacking.Pending.parse(found.text) == found


def _stated(data: bytes) -> None:
    size = len(data) - len(data) % min(lacking.STATED_SIZES)
    for span in lacking.unpack(data[:size]):
        assert span.lower < span.upper


def _capture(data: bytes) -> None:
    reader = CaptureReader()
    for start in range(0, len(data), 7):
        reader.receive_data(data[start : start + 7])
        while reader.next_record() is not None:
            pass


def _requests() -> list[bytes]:
    return [plain(last_day()).encode(), sealed(last_day()).raw, last_day(limit=9, cursor=bytes(36)).encode()]


TARGETS = (
    Target("envelope", _envelope, lambda: hexes("envelopes", "admission", "waku_packets", shortest=20, longest=1500),
           ("waku/envelope.py:Envelope.decode",)),
    Target(
        "waku-packets",
        _packets,
        lambda: [*hexes("waku_packets", "mailserver"), *_requests()],
        tuple(
            f"waku/packets.py:{name}"
            for name in (
                "decode_messages", "split_messages", "split_in_steps", "MessageResponse.decode",
                "MessagesRequest.decode", "answered_batch", "decode_batch_acknowledged", "decode_p2p_request",
                "plain_request_id", "decode_request_complete",
            )
        ),
    ),
    Target(
        "waku-status",
        each(_status, _options, _option_values),
        lambda: [bytes([n % 3]) + one for n, one in enumerate(hexes("waku_packets", longest=700))]
        + hexes("waku_packets", longest=700)
        + [rlp.encode(bytes(64)), rlp.encode([1, 2, 3]), rlp.encode(0x3FF0000000000000)],
        (
            "waku/status.py:StatusOptions.decode", "waku/status.py:decode_pow", "waku/status.py:decode_bloom",
            "waku/status.py:decode_rates", "waku/dialects/dialect.py:Dialect.decode_status",
            "waku/dialects/dialect.py:Dialect.decode_update", "waku/dialects/dialect.py:Dialect.split_p2p",
            "waku/dialects/waku_1.py:Waku1.decode_status", "waku/dialects/waku_1.py:Waku1.decode_update",
            "waku/dialects/waku_1.py:Waku1.split_p2p", "waku/dialects/waku_0.py:Waku0.decode_status",
            "waku/dialects/shh_6.py:Shh6.decode_status", "waku/dialects/shh_6.py:Shh6.decode_update",
            "waku/dialects/shh_6.py:Shh6.split_p2p",
        ),
    ),
    Target(
        "waku-relay",
        _relay,
        _conversations,
        (
            "waku/relay/relay.py:Relay.receive_packet", "waku/relay/relay.py:Relay.receive_in_steps",
            "waku/relay/relay.py:Relay.receive_aside", "waku/relay/status_exchange.py:StatusExchange.receive",
            "waku/relay/status_exchange.py:StatusExchange.receive_update",
            "waku/relay/p2p.py:P2PPackets.receive", "waku/relay/p2p.py:P2PPackets.receive_completion",
            "waku/relay/sent.py:SentEnvelopes.confirmed", "waku/relay/ingest.py:Ingest.receive",
        ),
    ),
    Target(
        "waku-data",
        _opened,
        _plaintexts,
        ("waku/data.py:decode_plaintext", "waku/data.py:SymmetricKey.open", "waku/data.py:unseal"),
    ),
    Target(
        "history",
        _history,
        lambda: [*hexes("mailserver", longest=600), *_requests()],
        (
            "mailserver/requests.py:HistoryRequest.decode", "mailserver/completion.py:decode_completion",
            "mailserver/completion.py:parse_completion", "mailserver/cursor.py:Key.from_cursor",
        ),
    ),
    Target(
        "history-server",
        each(_server, _server_sealed),
        lambda: [*_requests(), *hexes("mailserver", longest=300)],
        ("mailserver/server/server.py:Server.receive",),
    ),
    Target(
        "history-lacking",
        each(as_text(_lacking), _stated),
        lambda: [bytes(range(8)) * 4, lacking.Pending(TimeRange(1, 2), 30, all_else=True).text.encode()],
        ("mailserver/lacking.py:Pending.parse", "mailserver/lacking.py:unpack"),
    ),
    Target(
        "capture",
        _capture,
        lambda: [header() + b"".join(Record.at(NOW, envelope(n).raw).encode() for n in range(3))],
        ("waku/capture.py:CaptureReader.receive_data",),
    ),
)  # fmt: skip

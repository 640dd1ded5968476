"""RLPx: frames of 1 KiB written and read, and whole handshakes."""

import os
import time
from collections.abc import Iterator

from bench.harness import MINIMUM_SECONDS, Measurement, per_second
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.messages import encode_message_id
from pystatus.devp2p.rlpx.frames import MAX_FRAME_SIZE, FrameReader, FrameWriter
from pystatus.devp2p.rlpx.handshake import Initiator, Responder, Secrets

KIBIBYTE = 1024
CHUNK = 64 * KIBIBYTE
"""How much a transport hands over at once."""
BATCH = 1000
"""Frames written ahead of each timed reading: they are chained by the MAC, so each can be read only once."""
MESSAGES_ID = encode_message_id(17)

_ALICE, _BOB = PrivateKey.generate(os.urandom), PrivateKey.generate(os.urandom)


def handshake() -> tuple[Secrets, Secrets]:
    """Both sides of one handshake."""
    initiator = Initiator(_ALICE, _BOB.public_key, os.urandom)
    responder = Responder(_BOB, os.urandom)
    at_responder = responder.receive_data(initiator.data_to_send())
    at_initiator = initiator.receive_data(responder.data_to_send())
    assert at_responder is not None
    assert at_initiator is not None
    return at_initiator[0], at_responder[0]


def reading(payload: bytes) -> Measurement:
    """Frames read a second, out of chunks that do not end where frames end."""
    at_alice, at_bob = handshake()
    writer, reader = FrameWriter(at_alice), FrameReader(at_bob, MAX_FRAME_SIZE)
    elapsed = 0.0
    frames = 0
    while elapsed < MINIMUM_SECONDS:
        stream = b"".join(writer.frame(MESSAGES_ID, payload) for _ in range(BATCH))
        chunks = [stream[start : start + CHUNK] for start in range(0, len(stream), CHUNK)]
        start = time.perf_counter()
        for chunk in chunks:
            reader.receive_data(chunk)
            while reader.next_frame() is not None:
                frames += 1
        elapsed += time.perf_counter() - start
    return Measurement("rlpx.frames_1k.read", round(frames / elapsed, 1), "1/s", "in chunks of 64 KiB, without Snappy")


def measure() -> Iterator[Measurement]:
    payload = os.urandom(KIBIBYTE)
    writer = FrameWriter(handshake()[0])
    yield per_second("rlpx.frames_1k.write", lambda: writer.frame(MESSAGES_ID, payload), note="without Snappy")
    yield reading(payload)
    yield per_second("rlpx.handshakes", handshake, note="both sides in one process")

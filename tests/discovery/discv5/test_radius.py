"""The radius estimate: buckets, targets, evidence."""

from __future__ import annotations

import os
import random
import struct

import pytest

from pystatus.discovery.discv5 import radius as module
from pystatus.discovery.discv5.radius import RadiusBucket, TopicRadius, _edge, wait_evidence
from pystatus.discovery.discv5.topics import MAX_DISTANCE, hash_prefix
from tests.discovery.discv5.topic_nodes import Draws
from tests.support.vectors import Case, case_id, cases, load, unhex

NS = 1e-9
REFERENCE_OVERFLOW = "0x8000000000000000"
"""The smallest radius that the reference says of bucket 0, where 2^64 overflows. We say 2^64-1
(decisions.md, discv5 169)."""


def bits(text: str) -> float:
    number: float = struct.unpack(">d", unhex(text))[0]
    return number


def radius_of(case: Case, draws: Draws | None = None) -> TopicRadius:
    return TopicRadius(case["topic"].encode(), draws or Draws())


def test_edges_of_the_buckets() -> None:
    for bucket, edge in enumerate(load("discv5")["constants"]["bucket_edge_bits"]):
        assert _edge(bucket) == pytest.approx(bits(edge), rel=2**-51)


@pytest.mark.parametrize("case", cases("discv5", "radius_bucket"), ids=case_id)
def test_bucket_of_a_node(case: Case) -> None:
    radius = radius_of(case)
    for row in case["rows"]:
        node_hash = unhex(row["node_hash"])
        assert hash_prefix(node_hash) ^ int(case["topic_prefix"], 16) == int(row["distance"], 16)
        assert radius.bucket_of(node_hash) == row["bucket"]


@pytest.mark.parametrize("case", cases("discv5", "radius_target"), ids=case_id)
def test_target_in_a_bucket(case: Case) -> None:
    for row in case["rows"]:
        draws = Draws(map(unhex, row["random"]))
        radius = radius_of(case, draws)
        target = radius.target_in(row["bucket"])
        assert not draws.left
        assert abs(hash_prefix(target) - int(row["target_prefix"], 16)) <= 2**13
        assert radius.bucket_of(target) == row["bucket_of_target"]


@pytest.mark.parametrize("case", cases("discv5", "regular_target"), ids=case_id)
def test_regular_target(case: Case) -> None:
    for row in case["rows"]:
        draws = Draws(map(unhex, row["random"]))
        radius = radius_of(case, draws)
        radius.radius = int(row["radius"], 16)
        target, is_radius_lookup = radius.next_target(0.0, regular=True)
        assert not is_radius_lookup
        assert not draws.left
        assert hash_prefix(target) == int(row["target_prefix"], 16)
        assert hash_prefix(target) ^ int(case["topic_prefix"], 16) == int(row["distance"], 16)


@pytest.mark.parametrize("case", cases("discv5", "choose_lookup_bucket"), ids=case_id)
def test_choice_of_a_bucket(case: Case) -> None:
    for row in case["rows"]:
        draws = Draws(map(unhex, row["random"]))
        radius = TopicRadius(b"any", draws)
        for weight in case["no_adjust_weights"]:
            radius.buckets.append(RadiusBucket())
            radius.buckets[-1].no_adjust = weight
        chosen = radius.choose_bucket(row["from"], row["to"])
        assert (-1 if chosen is None else chosen) == row["bucket"]
        assert not draws.left


@pytest.mark.parametrize("case", cases("discv5", "ticket_evidence"), ids=case_id)
def test_what_a_wait_says(case: Case) -> None:
    for row in case["rows"]:
        inside = wait_evidence(row["wait_period"])
        assert inside == pytest.approx(bits(row["inside_bits"]), abs=1e-9)
        assert 1 - inside == pytest.approx(bits(row["outside_bits"]), abs=1e-9)


@pytest.fixture
def edges_of_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Powers of two may differ in the last bit of a double; modulo their differences, draws differ in more."""
    edges = [bits(edge) for edge in load("discv5")["constants"]["bucket_edge_bits"]]
    monkeypatch.setattr(module, "_edge", lambda bucket: edges[bucket])


@pytest.mark.usefixtures("edges_of_the_reference")
@pytest.mark.parametrize("case", cases("discv5", "radius_run"), ids=case_id)
def test_a_run_of_the_reference(case: Case) -> None:
    draws = Draws()
    radius = radius_of(case, draws)
    for step in case["steps"]:
        now = step["at_ns"] * NS
        target = unhex(step["target"])
        if step["op"] == "adjust":
            inside = wait_evidence(step["wait_period"]) if step["by"] == "ticket" else step["inside"]
            assert radius.bucket_of(unhex(step["node_hash"])) == step["bucket"]
            radius.adjust(now, target, unhex(step["node_hash"]), inside)
            continue
        draws.left = list(map(unhex, step["random"]))
        ours = radius.next_target(now, regular=step["force_regular"])
        assert not draws.left
        assert ours.is_radius_lookup == step["radius_lookup"]
        assert hash_prefix(ours.hash) == int(step["target_prefix"], 16)
        if ours.is_radius_lookup:  # the last 24 bytes are not determined
            lookups = radius.buckets[step["bucket"]].lookups
            lookups[target] = lookups.pop(ours.hash)
        assert radius.has_converged == step["converged"]
        assert radius.radius == int(step["radius"], 16)
        if step["min_radius"] == REFERENCE_OVERFLOW and radius.min_radius == MAX_DISTANCE:
            assert radius._min_radius_bucket() == 0
        else:
            assert radius.min_radius == int(step["min_radius"], 16)
        assert len(radius.buckets) == step["bucket_count"]
        if "buckets" in step:
            compare(radius, step["buckets"])
    compare(radius, case["buckets_at_end"])


def compare(radius: TopicRadius, expected: list[Case]) -> None:
    assert len(radius.buckets) == len(expected)
    for bucket, row in zip(radius.buckets, expected, strict=True):
        for name in ("inside", "outside", "no_adjust", "value"):
            assert getattr(bucket, name) == pytest.approx(bits(row[name]), abs=1e-9)
        assert bucket.updated == pytest.approx(row["last_time_ns"] * NS, abs=NS)
        assert len(bucket.lookups) == row["lookups_open"]


def test_what_is_farther_away_than_the_known_buckets_does_not_count() -> None:
    radius = TopicRadius(b"whisper", os.urandom)
    radius.adjust(1.0, bytes(32), radius.target_in(5), 1.0)
    assert radius.buckets == []


def test_a_vote_may_count_less() -> None:
    radius = TopicRadius(b"whisper", os.urandom)
    radius.next_target(1.0)
    radius.adjust(1.0, bytes(32), radius.target_in(5), 0.25, 0.5)
    assert (radius.buckets[5].inside, radius.buckets[5].outside) == (0.125, 0.375)


@pytest.mark.parametrize("share", [4, 64, 1024])
def test_the_radius_shrinks_to_where_the_ads_are(share: int) -> None:
    """A large network: near every target is a node. Those within one part in ``share`` of all distances have ads, and
    say so; those farther away have none. So lookups end where they find something."""
    radius = TopicRadius(b"whisper", random.Random(share).randbytes)
    edge = MAX_DISTANCE // share
    assert radius.radius == MAX_DISTANCE
    now = lookups = 0
    while not radius.has_converged and lookups < 5_000:
        now += 1
        lookups += 1
        target = radius.next_target(now, regular=lookups % 5 == 0)
        radius.adjust(now, target.hash, target.hash, 1.0 if radius.distance(target.hash) <= edge else 0.0)
    assert edge / 2 <= radius.radius <= 2 * edge
    targets = [radius.next_target(now, regular=True) for _ in range(100)]
    assert sum(radius.distance(target.hash) <= edge for target in targets) > 50

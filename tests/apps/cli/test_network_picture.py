"""The picture of a network: well-formed, bounded, and the same for the same crawl."""

from __future__ import annotations

import random
from array import array
from xml.etree import ElementTree

import pytest

from pystatus.apps.cli import network_picture
from pystatus.apps.cli.network_picture import draw, predicted
from pystatus.discovery.discv5.crawl import Crawl
from tests.discovery.discv5.test_crawl import Network, node, walked

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def crawl() -> Crawl:
    network = Network(60)
    away = set(network.nodes[40:45])
    return walked(network.nodes[0], lambda asked, target: None if asked in away else network.answer(asked, target))[0]


def test_it_says_what_it_shows_to_those_who_do_not_see_it(crawl: Crawl) -> None:
    root = ElementTree.fromstring(draw(crawl))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title description"
    assert root.findtext(f"{SVG}title") == "60 nodes, 55 of which answered"
    assert "a line joins a node with one that it knows" in (root.findtext(f"{SVG}desc") or "")
    dots = [one.get("class") for one in root.iter(f"{SVG}circle")]
    assert (dots.count("node"), dots.count("silent")) == (55, 5)
    bars = [one.findtext(f"{SVG}title") or "" for one in root.iter(f"{SVG}rect") if one.find(f"{SVG}title") is not None]
    assert bars[0].startswith("bucket 256: 16.00 known, 16.00 predicted")


def test_the_same_crawl_is_the_same_picture(crawl: Crawl) -> None:
    assert draw(crawl) == draw(crawl)


def test_a_large_network_is_a_bounded_file(crawl: Crawl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_picture, "MAX_LINES", 100)
    monkeypatch.setattr(network_picture, "MAX_DOTS", 20)
    picture = draw(crawl)
    assert picture.count("Q290 320") <= 100
    assert picture.count("<circle") <= 20
    assert "lines is drawn." in picture


def test_networks_of_nobody_and_of_one_are_drawn() -> None:
    empty = Crawl(random.Random(1).randbytes)
    assert "0 nodes" in draw(empty)
    empty.add(node(), 0.0)
    empty.nodes[0].answered = True
    empty.nodes[0].neighbours = array("I")
    assert "1 node, 1 of which answered" in draw(empty)


def test_what_kademlia_predicts() -> None:
    assert [predicted(1_001, bucket) for bucket in (256, 255, 250, 247)] == [16, 16, 7.8125, 0.9765625]

"""``pystatus crawl``: every node of a network, and who knows whom."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from pystatus.apps.cli.options import AsJson, Bootnodes, some_bootnodes
from pystatus.apps.cli.output import Fields, Output
from pystatus.apps.cli.status_line import bar
from pystatus.apps.cli.targets import check_target
from pystatus.apps.cli.values import DRAWING, option
from pystatus.errors import LocalError
from pystatus.settings.kinds import number, whole
from pystatus.wording import counted

if TYPE_CHECKING:
    from pystatus.devp2p.enode import Enode
    from pystatus.discovery.discv5.crawl import Crawl, CrawledNode
    from pystatus.net.crawler import Crawler

SUMMARY = "Walk a network of Discovery v5."
PLACE = 127

DRAW_SECONDS = 0.25
"""Between two drawings of the line that says how far it is."""
DEFAULT_TIMEOUT = 300.0
"""Seconds of a crawl: enough for the public network of its time many times over."""
MOST_NODES = 20_000
"""As :data:`pystatus.discovery.discv5.crawl.MAX_NODES`, which is loaded when it is needed."""
LONGEST = 3_600.0
"""As :data:`pystatus.net.crawler.MAX_SECONDS`."""
HIGHEST_RATE = 500.0
"""As :data:`pystatus.net.crawler.MAX_QUERIES_PER_SECOND`."""
DEFAULT_RATE = 50.0
"""As :data:`pystatus.net.crawler.QUERIES_PER_SECOND`."""
"""Where answers are waited for."""


def crawl(
    bootnode: Bootnodes = None,
    limit: Annotated[
        int, option(whole(1, MOST_NODES), metavar="N", help="Nodes that are taken up at most.")
    ] = MOST_NODES,
    timeout: Annotated[
        float, option(number(0.1, LONGEST), metavar="SECONDS", help="How long to walk at most.")
    ] = DEFAULT_TIMEOUT,
    rate: Annotated[
        float, option(number(0.1, HIGHEST_RATE), metavar="N", help="Questions a second, to all nodes together.")
    ] = DEFAULT_RATE,
    picture: Annotated[
        Path | None, option(DRAWING, metavar="FILE", help="Draw who knows whom into FILE, an .svg.", show_default=False)
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file of --picture that is there already.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Ask every node of a network for the nodes that it knows, and print each, and a summary at the end.

    A line is the address of a node, and of how many others it told; nodes that do not answer are named as well.
    --json: an object with "event": "node" for each and one with "event": "done" at the end. Without a single answer the
    exit code is 1.
    """
    from pystatus.net.loop import run

    bootnodes = some_bootnodes(bootnode)
    if picture is not None:
        check_target("--picture", picture, overwrite=overwrite)
    run(walk(bootnodes, limit, timeout, rate, picture, Output(as_json=as_json)))


async def walk(
    bootnodes: list[Enode], limit: int, timeout: float, rate: float, picture: Path | None, out: Output
) -> None:
    """Print the nodes of a network.

    :raises LocalError: none answers, no socket can be bound, or the picture cannot be written.
    """
    import asyncio

    from pystatus.discovery.addresses import EVERYWHERE
    from pystatus.net.crawler import Crawler

    told: list[CrawledNode] = []
    crawler = Crawler(
        (EVERYWHERE, 0), bootnodes, os.urandom, max_nodes=limit, queries_per_second=rate, on_node=told.append
    )
    with contextlib.ExitStack() as stack:
        drawing = stack.enter_context(_picture_file(picture)) if picture is not None else None
        loop = asyncio.get_running_loop()
        began = loop.time()
        walking = asyncio.create_task(crawler.run(timeout))
        try:
            while not walking.done():
                await asyncio.wait((walking,), timeout=DRAW_SECONDS)
                for node in told:
                    out.result(_fields(node), _line(node))
                told.clear()
                out.status(_progress(crawler.crawl))
            is_whole = walking.result()
        finally:
            walking.cancel()
            await asyncio.wait((walking,))
            out.status("")
        _finish(crawler, loop.time() - began, out, is_whole=is_whole)
        if drawing is not None:
            from pystatus.apps.cli.network_picture import draw

            drawing.write(draw(crawler.crawl).encode())


@contextlib.contextmanager
def _picture_file(path: Path) -> Iterator[BinaryIO]:
    from pystatus.storage.files import explained_files, replaced

    with explained_files(f"The picture {path} cannot be written"), replaced(path) as file:
        yield file


def _fields(node: CrawledNode) -> Fields:
    return {
        "event": "node",
        "enode": str(node.enode),
        "node_address": node.enode.node_address.hex(),
        "answered": node.answered,
        "neighbours": len(node.neighbours),
        "queries": node.queries,
    }


def _line(node: CrawledNode) -> str:
    told = f"knows {counted(len(node.neighbours), 'node')}" if node.answered else "no answer"
    return f"{node.enode}  {told}"


def _progress(crawl: Crawl) -> str:
    done = sum(node.is_done for node in crawl.nodes)
    return f"{bar(done, len(crawl.nodes))} of {counted(len(crawl.nodes), 'known node')} asked …"


def _finish(crawler: Crawler, seconds: float, out: Output, *, is_whole: bool) -> None:
    """
    :raises LocalError: no node answered.
    """
    from pystatus.discovery.addresses import parse_address, subnet_key

    crawl = crawler.crawl
    answered = [node for node in crawl.nodes if node.answered]
    if not answered:
        why = f" ({crawler.problem})" if crawler.problem else ""
        raise LocalError(f"No bootnode answered{why}. Check their addresses, and that UDP is let through.")
    networks = len({subnet_key(parse_address(node.enode.host or "")) for node in answered})
    known = sum(len(node.neighbours) for node in answered) / len(answered)
    fields = {
        "event": "done",
        "nodes": len(crawl.nodes),
        "answered": len(answered),
        "networks": networks,
        "neighbours": round(known, 1),
        "queries": crawl.queries,
        "ignored": crawl.ignored,
        "seconds": round(seconds, 1),
        "complete": is_whole and not crawl.ignored,
    }
    out.event(
        fields,
        f"{counted(len(crawl.nodes), 'node')}, of which {len(answered)} answered, in {counted(networks, 'network')}; "
        f"one knows {counted(round(known, 1), 'other')}; {counted(crawl.queries, 'question')} in "
        f"{counted(round(seconds, 1), 'second')}." + ("" if is_whole and not crawl.ignored else " There are more."),
    )

"""``pystatus peers``: whom a running node is connected to, and which peers a profile remembers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pystatus import sanitise
from pystatus.apps.cli import node_rpc
from pystatus.apps.cli.node_rpc import DEFAULT_URL, Socket, Timeout, TokenFile, Url
from pystatus.apps.cli.option_groups import ProfileOptions
from pystatus.apps.cli.options import AsJson, DataDir, PasswordFile
from pystatus.apps.cli.output import Fields, Output
from pystatus.apps.cli.values import PROFILE, argument
from pystatus.errors import LocalError
from pystatus.wording import counted

SUMMARY = "Show the peers of a node, and where it found each."
PLACE = 145

DEFAULT_TIMEOUT = 10.0
"""Seconds to wait for the answer of a node, which has it at hand."""
MAX_TEXT = 2_000
"""Code points of an enode address that is shown; those of a name fit many times."""
UNKNOWN = "unknown"
"""The source of a peer where a node does not say it: one of an older version."""


def peers(
    profile: Annotated[
        str | None,
        argument(PROFILE, metavar="PROFILE", help="Show the peers that this profile remembers, not those of a node."),
    ] = None,
    url: Url = DEFAULT_URL,
    socket: Socket = None,
    token_file: TokenFile = None,
    timeout: Timeout = DEFAULT_TIMEOUT,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show the peers of a running node, which is asked by its RPC, and where it found each of them: static, cached,
    dns, rendezvous, discv5, or inbound, which means that the peer has dialled the node.

    With PROFILE: the peers that the profile remembers from earlier runs, the best of each topic first. The node need
    not run.
    """
    out = Output(as_json=as_json)
    if profile is not None:
        show_remembered(ProfileOptions(profile, password_file, data_dir, as_json))
        return
    from pystatus.net.loop import run

    run(show_connected(url, socket, token_file, data_dir, timeout, out))


async def show_connected(
    url: str, socket: Path | None, token_file: Path | None, data_dir: Path | None, timeout: float, out: Output
) -> None:
    """Print the peers of a running node.

    :raises LocalError: it cannot be reached, or complains.
    """
    answer = await node_rpc.ask(
        "admin_peers", [], url=url, socket=socket, token_file=token_file, data_dir=data_dir, timeout=timeout
    )
    shown = list(_peers_in(answer))
    for fields in sorted(shown, key=lambda one: (one["source"], one["enode"])):
        out.result(fields, f"{fields['source']:10} {fields['enode']}  {fields['name']}")
    by_source = Counter(fields["source"] for fields in shown)
    told = ", ".join(f"{count} {source}" for source, count in sorted(by_source.items()))
    out.note(f"{counted(len(shown), 'peer')}: {told}." if shown else "The node has no peer.")


def _peers_in(answer: Any) -> Iterator[dict[str, str | bool]]:
    """
    :raises LocalError: the node has answered something else.
    """
    for peer in answer if isinstance(answer, list) else [None]:
        network = peer.get("network") if isinstance(peer, dict) else None
        if not isinstance(peer, dict) or not isinstance(network, dict):
            raise LocalError("What answered is no node of this network: admin_peers is something else there.")
        is_inbound = network.get("inbound") is True
        yield {
            "source": sanitise.name(str(network.get("source") or ("inbound" if is_inbound else UNKNOWN))),
            "enode": sanitise.one_line(str(peer.get("enode", "")), MAX_TEXT),
            "name": sanitise.name(str(peer.get("name", ""))),
            "remote_address": sanitise.one_line(str(network.get("remoteAddress", "")), MAX_TEXT),
            "inbound": is_inbound,
        }


def show_remembered(given: ProfileOptions) -> None:
    """Print the cached peers of a profile.

    :raises LocalError: there is no such profile, or the password is wrong.
    """
    from pystatus.peers.sources import Source

    out = given.out
    with given.reading() as reader:
        remembered = reader.remembered_peers()
    for peer in remembered:
        fields: Fields = {
            "source": Source.CACHE.value,
            "topic": peer.topic,
            "enode": str(peer.enode),
            "successes": peer.successes,
            "failures": peer.failures,
        }
        tried = f"connected {counted(peer.successes, 'time')}"
        missed = f", {counted(peer.failures, 'failure')} since" if peer.failures else ""
        out.result(fields, f"{peer.topic:11} {peer.enode}  {tried}{missed}")
    if not remembered:
        out.note("This profile remembers no peer: it keeps those that it has found and been connected to.")

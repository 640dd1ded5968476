"""The fleets that Status published in its time (overlay.md §8): data, and history."""

from __future__ import annotations

from pystatus.arguments import checked
from pystatus.errors import Refused
from pystatus.fleets.fleet import Fleet
from pystatus.fleets.fleet_file import read_fleet

PUBLISHED = ("eth.prod", "eth.staging", "eth.test")
"""Their names, the production fleet first."""


@checked
def published_fleet(name: str) -> Fleet:
    """A fleet that Status published. Its :attr:`~Fleet.notice` says that it is history.

    :raises Refused: there was none of that name.

    Implements: CL-11, CL-30
    """
    if name not in PUBLISHED:
        raise Refused(f'Status published no fleet "{name[:60]}". There were {", ".join(PUBLISHED)}.')
    from pystatus.data_files import read_data  # loaded late: a fleet may be given as a file, too

    return read_fleet(read_data("pystatus.fleets", f"data/{name}.toml"), name)

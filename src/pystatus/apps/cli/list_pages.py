"""Lists a page at a time: some rows, from behind one that was shown before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import COUNT, ROW, option
from pystatus.errors import Refused
from pystatus.sanitise import quoted

T = TypeVar("T")


@dataclass
class ListOptions:
    """Which rows of a list are shown."""

    limit: Annotated[int | None, option(COUNT, metavar="N", help="Rows at most. Default: all.")] = None
    after: Annotated[
        str | None,
        option(ROW, metavar="ID", help="Only what comes behind this row: the id that the page before ended with."),
    ] = None

    def page(self, rows: Sequence[T], id_of: Callable[[T], str], out: Output) -> Sequence[T]:
        """The rows to be shown. If there are more, it is said how to see them.

        :param id_of: what names a row, as it stands in its JSON.
        :raises Refused: no row has the id that was given.
        """
        begin = 0
        if self.after is not None:
            ids = [id_of(row).lower() for row in rows]
            matching = [place for place, one in enumerate(ids) if one.startswith(self.after.lower())]
            if len(matching) != 1:
                few = "No row of this list" if not matching else "Several rows of this list"
                raise Refused(
                    f"{few} begins with {quoted(self.after)}. Give the whole id of the last one that you saw."
                )
            begin = matching[0] + 1
        end = len(rows) if self.limit is None else begin + self.limit
        if end < len(rows):
            out.note(f"There are {len(rows) - end} more: --after {id_of(rows[end - 1])}")
        return rows[begin:end]

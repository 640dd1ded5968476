"""All that features keep in the profile database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from pystatus.declarations import declared
from pystatus.storage import features
from pystatus.storage.features.tables import FeatureTables


@cache
def feature_tables() -> Sequence[type[FeatureTables]]:
    """What the modules of this package declare.

    :raises TypeError: see :func:`check`.
    """
    found = tuple(declared(features, FeatureTables))
    check(found)
    return found


def check(kinds: Iterable[type[FeatureTables]]) -> None:
    """
    :raises TypeError: two of them have one name, are for one feature, or claim one table; or one counts people or
        messages in a table that is not its own.
    """
    owners: dict[object, type[FeatureTables]] = {}
    for kind in kinds:
        for claim in (f"the name {kind.NAME}", kind.FEATURE, *(f"the table {table}" for table in kind.TABLES)):
            if claim in owners:
                what = claim if isinstance(claim, str) else kind.FEATURE.__name__
                raise TypeError(f"{kind.__name__} claims {what}, as {owners[claim].__name__} does")
            owners[claim] = kind
        for what, counted in (("people", kind.PEOPLE), ("messages", kind.OF_MESSAGES)):
            for table, _ in counted:
                if table not in kind.TABLES:
                    raise TypeError(f"{kind.__name__} counts {what} in {table}, which is none of its tables")

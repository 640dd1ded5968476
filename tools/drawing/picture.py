"""The picture of the packages in text: a Mermaid diagram, which GitHub draws, and a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tools.drawing.imports import House

FOUNDATIONS = "foundations"
"""The single files at the bottom are one box: what imports one of them would be drawn as an arrow to each."""


def layers(configuration: Mapping[str, Any]) -> Sequence[frozenset[str]]:
    """The layers of the import contracts, from the top: names below the package.

    :raises ValueError: there is no contract of layers.
    """
    settings = configuration["tool"]["importlinter"]
    root = settings["root_package"] + "."
    for contract in settings["contracts"]:
        if contract["type"] == "layers":
            return [
                frozenset(name.strip().removeprefix(root) for name in layer.split("|")) for layer in contract["layers"]
            ]
    raise ValueError("pyproject.toml has no contract of layers")


def rules(configuration: Mapping[str, Any]) -> Iterator[str]:
    """What each import contract says."""
    for contract in configuration["tool"]["importlinter"]["contracts"]:
        yield f"- {contract['name']}."


def reduced(house: House) -> Mapping[str, frozenset[str]]:
    """The arrows of the picture: those that do not follow from others, with the foundations as one box."""
    bottom = house.foundations()
    drawn: dict[str, set[str]] = {}
    for part, targets in house.arrows.items():
        if part not in bottom:
            drawn[part] = {FOUNDATIONS if target in bottom else target for target in targets}
    drawn[FOUNDATIONS] = set()

    def reached(part: str) -> set[str]:
        return drawn[part].union(*(reached(target) for target in drawn[part]))

    return {
        part: frozenset(target for target in targets if not any(target in reached(other) for other in targets))
        for part, targets in drawn.items()
    }


def diagram(house: House, order: Sequence[frozenset[str]], without_io: frozenset[str]) -> Iterator[str]:
    """Boxes from the top layer to the bottom, and arrows from what imports to what is imported.

    :param without_io: the parts that do no I/O; they look different.
    """
    arrows = reduced(house)
    boxes = [part for part in by_layer(house, order) if part in arrows]
    yield "```mermaid"
    yield "flowchart TD"
    for part in boxes:
        yield f"    {part}[{part}]:::{'pure' if part in without_io else 'shell'}"
    yield f"    {FOUNDATIONS}([{', '.join(sorted(house.foundations()))}]):::pure"
    for part in boxes:
        for target in (*boxes, FOUNDATIONS):
            if target in arrows[part]:
                yield f"    {part} --> {target}"
    yield "    classDef pure fill:#e3f1e3,stroke:#4b8b4b,color:#111"
    yield "    classDef shell fill:#e6ecf8,stroke:#4b6ba0,color:#111"
    yield "```"


def table(house: House, order: Sequence[frozenset[str]]) -> Iterator[str]:
    """A row for each part: what it is, and all that it imports but the foundations."""
    bottom = house.foundations()
    places = list(by_layer(house, order))
    yield "| part | what it is | imports |"
    yield "|---|---|---|"
    for part in places:
        imports = [target for target in places if target in house.arrows[part] and target not in bottom]
        name = f"`{part}/`" if part in house.packages else f"`{part}.py`"
        yield f"| {name} | {house.sentences[part]} | {', '.join(imports)} |"


def by_layer(house: House, order: Sequence[frozenset[str]]) -> Iterator[str]:
    """All parts from the top layer to the bottom; what no layer names comes last."""
    named = [part for layer in order for part in sorted(layer) if part in house.arrows]
    yield from named
    yield from sorted(house.arrows.keys() - set(named))

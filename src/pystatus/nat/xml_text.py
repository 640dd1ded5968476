"""XML of a router, as elements and their texts. The documents are small, so everything that makes a small one expensive
is refused: document types, and with them entities; depth; many elements; long texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from pystatus.errors import RemoteError

MAX_BYTES = 64 << 10
"""Of a document. Descriptions of routers have some kilobytes, answers some hundred bytes. Ours."""
MAX_DEPTH = 32
"""Elements within each other. Descriptions have about ten. Ours."""
MAX_ELEMENTS = 2_000
"""In a document. Descriptions have about a hundred. Ours."""
MAX_TEXT = 1_024
"""Characters of the text of one element: URLs, names, an address. Ours."""


@dataclass(slots=True)
class Element:
    """One element, by its name without the namespace: routers mix those up."""

    name: str
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, name: str) -> list[Element]:
        """Every element of this name, itself and below."""
        found = [self] if self.name == name else []
        for child in self.children:
            found += child.all(name)
        return found

    def child_text(self, name: str) -> str | None:
        """The text of the first child of this name, without the space around it."""
        return next((child.text.strip() for child in self.children if child.name == name), None)


def parse_xml(data: bytes) -> Element:
    """The root element.

    :raises RemoteError: no XML, or more than a router has to say.
    """
    if len(data) > MAX_BYTES:
        raise RemoteError(f"XML of {len(data)} bytes: at most {MAX_BYTES} are allowed")
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.refuse_document_type
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # the latter two for what it says of its encoding
        raise RemoteError(f"no XML: {error}") from None
    return reader.root.children[0]  # there is one, or the parser has raised


class _Reader:
    def __init__(self) -> None:
        self.root = Element("")
        self._open = [self.root]
        self._count = 0

    def refuse_document_type(self, *_: object) -> None:
        raise RemoteError("XML with a document type, which may define entities")

    def start(self, name: str, attributes: object) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise RemoteError(f"XML with more than {MAX_ELEMENTS} elements")
        if len(self._open) > MAX_DEPTH:
            raise RemoteError(f"XML with more than {MAX_DEPTH} elements within each other")
        element = Element(name.rpartition(":")[2])
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, name: str) -> None:
        self._open.pop()

    def text(self, data: str) -> None:
        element = self._open[-1]
        if len(element.text) + len(data) > MAX_TEXT:
            raise RemoteError(f"XML with a text of more than {MAX_TEXT} characters")
        element.text += data

"""QR codes of what a command prints: in the terminal, or in a file."""

from __future__ import annotations

from pathlib import Path

import typer

from pystatus.apps.cli.output import Output

_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)


def write(text: str, file: Path | None) -> dict[str, str]:
    """Write the code of ``text`` to a file, a .png or an .svg.

    :returns: the field of the result that names the file; none without one.
    :raises LocalError: the text is too long, or the file cannot be written.
    """
    if file is None:
        return {}
    from pystatus.links.qr_code import QrCode
    from pystatus.storage.files import explained_files, write_private

    code = QrCode(text)
    data = code.png() if file.suffix.lower() == ".png" else code.svg().encode()
    with explained_files(f"The picture {file} cannot be written"):
        write_private(file, data)
    return {"qr_file": str(file)}


def draw(text: str, out: Output, *, wanted: bool = True) -> None:
    """Draw the code of ``text`` for people, dark on light where there are colours.

    :raises LocalError: the text is too long.
    """
    if not wanted or out.as_json:
        return
    from pystatus.links.qr_code import QrCode

    lines = QrCode(text).half_blocks()
    if out.in_colour:
        lines = tuple(typer.style(line, fg=_WHITE, bg=_BLACK) for line in lines)
    out.result({}, "\n".join(lines))

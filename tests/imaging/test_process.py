"""A picture is decoded in a process of its own: what that one does, and what becomes of one that cannot go on."""

import asyncio
import io
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pystatus.errors import LocalError
from pystatus.imaging import process
from pystatus.imaging.process import prepare, preview, read_qr_codes
from pystatus.links.qr_code import QrCode
from pystatus.media import pictures, previews, qr_codes
from pystatus.media.errors import InvalidMedia
from tests.media.support import PLACE, exif, noise, opened, picture, saved, srgb


@pytest.mark.requirement("PL-17")
async def test_it_does_what_the_function_does() -> None:
    data = saved(noise(300, 200), "JPEG", exif=exif(6))

    sent = await prepare(data, 20_000)
    assert sent == pictures.prepare(data, 20_000)
    assert PLACE not in sent.data


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("options", [{}, {"exif": exif(6), "icc_profile": srgb()}], ids=["plain", "turned, in colours"])
async def test_nothing_that_it_needs_is_left_to_be_opened(form: str, options: dict[str, Any]) -> None:
    large = picture(2_300, 1_200, "P" if form == "GIF" else "RGB")
    for data in (saved(picture(), form, **options), saved(large, form, **options), saved(noise(300, 300), form)):
        assert await prepare(data, 60_000) == pictures.prepare(data, 60_000)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
async def test_a_preview_is_made_there(form: str) -> None:
    data = saved(picture(1_500, 900, "P" if form == "GIF" else "RGB"), form)
    assert await preview(data, 300, 200) == previews.preview(data, 300, 200)


PEEK = """
import resource, sys
from pystatus.imaging import child

def prepare(data, *bounds):
    for attempt in (lambda: open("/etc/hostname"), lambda: __import__("socket").socket()):
        try:
            attempt()
        except OSError:
            continue
        raise AssertionError("it could be opened")
    assert resource.getrlimit(resource.RLIMIT_CPU)[1] <= child.MAX_CPU_SECONDS
    raise child.InvalidMedia("it had its limits")

child.prepare = child.preview = child.qr_codes.read = prepare
import socket
child.main()
"""


@pytest.mark.parametrize("before", ["", "ulimit -t 5; "])
@pytest.mark.parametrize("job", ["prepare 60000", "preview 40 24", "qr-codes"])
async def test_a_decoder_can_open_nothing(before: str, job: str) -> None:
    shell = f'{before}exec "$0" -c "$1" {job}'
    running = await asyncio.create_subprocess_exec(
        *("sh", "-c", shell, sys.executable, PEEK), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await running.communicate(b"a file")
    assert (running.returncode, answer) == (0, b'{"problem": "it had its limits"}\n')


async def test_others_have_a_turn_meanwhile() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.ensure_future(count())
    await prepare(saved(picture(), "PNG"))
    counting.cancel()
    assert turns > 10


async def test_qr_codes_are_read_there() -> None:
    data = QrCode("zQ3sh").png()
    assert await read_qr_codes(data) == qr_codes.read(data) == ("zQ3sh",)
    assert await read_qr_codes(saved(picture(), "PNG")) == ()
    with pytest.raises(InvalidMedia, match="no JPEG, PNG, GIF or WEBP picture"):
        await read_qr_codes(b"<svg/>")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
async def test_codes_in_the_largest_pictures_are_read_within_the_limits_of_the_process(form: str) -> None:
    width, height = (2_000, 1_500) if form == "WEBP" else (3_840, 2_160)
    page = noise(width, height)
    page.paste(opened(QrCode("zQ3sh").png()).convert("RGB"), (300, 300))
    assert await read_qr_codes(saved(page.convert("P") if form == "GIF" else page, form)) == ("zQ3sh",)


async def test_a_code_holds_more_than_a_line() -> None:
    import segno

    texts = [segno.make_qr(f"{number}" + "\x01" * 2_900) for number in range(2)]
    page = Image.new("L", (1_600, 800), 255)
    for number, code in enumerate(texts):
        code.save(out := io.BytesIO(), kind="png", scale=4)
        page.paste(opened(out.getvalue()), (number * 800, 0))
    assert len(await read_qr_codes(saved(page, "PNG"))) == 2


async def test_a_machine_without_the_library_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "find_spec", lambda name: None if name == "zxingcpp" else pytest.fail(name))
    with pytest.raises(LocalError, match=r"Reading a QR code needs zxing-cpp: .* -m pip install zxing-cpp"):
        await read_qr_codes(saved(picture(), "PNG"))


async def test_why_a_picture_is_refused() -> None:
    with pytest.raises(InvalidMedia, match="no JPEG, PNG, GIF or WEBP picture"):
        await prepare(b"<svg/>")


async def test_a_file_that_is_too_long_for_the_process() -> None:
    with pytest.raises(InvalidMedia, match="20971520 are allowed"):
        await prepare(bytes(22 << 20))


def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str) -> None:
    """Instead of Python this program is started."""
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{program}\n", encoding="utf-8")
    path.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(path))


@pytest.mark.parametrize("program", ["kill -SEGV $$", "exit 3", "cat >/dev/null; kill -XCPU $$"])
async def test_a_file_that_ends_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str) -> None:
    stand_in(monkeypatch, tmp_path, program)
    with pytest.raises(InvalidMedia, match="the process that tried has ended"):
        await prepare(saved(picture(), "PNG"))


async def test_a_file_that_takes_for_ever(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch, tmp_path, f'echo $$ >"{tmp_path}/pid"; exec cat >/dev/null <"{tmp_path}/never"')
    os.mkfifo(tmp_path / "never")
    monkeypatch.setattr(process, "TIMEOUT", 0.5)
    with pytest.raises(InvalidMedia, match="takes more than"):
        await prepare(saved(picture(), "PNG"))
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGCONT)


async def test_what_a_process_has_started_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch, tmp_path, f'(cat "{tmp_path}/never") & exec cat >/dev/null <"{tmp_path}/never"')
    os.mkfifo(tmp_path / "never")
    monkeypatch.setattr(process, "TIMEOUT", 0.5)
    monkeypatch.setattr(process, "REST_TIMEOUT", 0.1)
    with pytest.raises(InvalidMedia, match="takes more than"):
        async with asyncio.timeout(30):  # for a test that would hang
            await prepare(saved(picture(), "PNG"))
    (tmp_path / "never").open("wb").close()  # what was started ends, too


async def test_a_process_that_does_not_stop_talking(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch, tmp_path, "exec cat /dev/zero")
    with pytest.raises(InvalidMedia, match="cannot be decoded safely"):
        await prepare(saved(picture(), "PNG"))


@pytest.mark.parametrize(
    "said",
    [
        "nonsense",
        "[1, 2]",
        "[" * 60_000,
        "{}",
        '{"type": 9, "width": 1, "height": 1}\nx',
        '{"type": [], "width": 1, "height": 1}\nx',
        '{"type": 1, "width": "1", "height": 1}\nx',
        '{"type": 1, "width": 1, "height": 1000000}\nx',
        '{"type": 1, "width": 1, "height": 1}\n',
        '{"width": 2, "height": 1}\nxxx',
        '{"width": 1, "height": 25}\n' + 75 * "x",
        '{"width": 0, "height": 0}\n',
        '{"texts": "zQ3sh"}',
        '{"texts": [1, 2, 3, 4, 5, 6, 7, 8, 9]}',
    ],
    ids=lambda said: said[:30],
)
async def test_whatever_a_process_says_that_a_file_has_taken_over(
    said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "said").write_text(said, encoding="utf-8")
    stand_in(monkeypatch, tmp_path, f'cat >/dev/null; cat "{tmp_path}/said"')
    with pytest.raises(InvalidMedia, match="cannot be decoded safely"):
        await prepare(b"a picture")
    with pytest.raises(InvalidMedia, match="cannot be decoded safely"):
        await preview(b"a picture", 40, 24)
    with pytest.raises(InvalidMedia, match="cannot be decoded safely"):
        await read_qr_codes(b"a picture")


async def test_its_reason_is_one_line_without_control_characters(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "said").write_text(json.dumps({"problem": "\x1b[31m" + "so\n" * 10_000}), encoding="utf-8")
    stand_in(monkeypatch, tmp_path, f'cat >/dev/null; cat "{tmp_path}/said"')
    with pytest.raises(InvalidMedia) as refused:
        await prepare(b"a picture")
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) <= process.MAX_PROBLEM


async def test_who_gives_up_waiting_leaves_no_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch, tmp_path, f'exec cat <"{tmp_path}/begun" >/dev/null')
    os.mkfifo(tmp_path / "begun")
    waiting = asyncio.ensure_future(prepare(saved(picture(), "PNG")))
    opened = await asyncio.to_thread((tmp_path / "begun").open, "wb")  # the process is there, and reads
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(BrokenPipeError), opened:
        opened.write(b"is anybody there?")
        opened.flush()


async def test_where_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    with pytest.raises(LocalError, match="No process can be started to decode the picture: No such file"):
        await prepare(saved(picture(), "PNG"))

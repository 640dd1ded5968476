"""Files that callers of the RPC name: out of the folder that was given, and nowhere else (A46)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pystatus.errors import LocalError
from pystatus.media.limits import MAX_FILE_BYTES
from pystatus.rpc.wakuext.local_files import MAX_PARTS, MediaFolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a picture, and a secret beside it."""
    folder = tmp_path / "media"
    (folder / "inner").mkdir(parents=True)
    (folder / "cat.jpg").write_bytes(b"cat")
    (folder / "inner" / "dog.jpg").write_bytes(b"dog")
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "media-too").mkdir()
    (tmp_path / "media-too" / "cat.jpg").write_bytes(b"another")
    return folder


def test_files_of_the_folder_are_read_by_either_name(folder: Path) -> None:
    media = MediaFolder(folder)
    assert media.read("cat.jpg") == media.read(f"{folder}/cat.jpg") == media.read("./cat.jpg") == b"cat"
    assert media.read("inner/dog.jpg") == media.read(f"{folder}//inner/./dog.jpg") == b"dog"


def test_nothing_else_is(folder: Path) -> None:
    media, outside = MediaFolder(folder), folder.parent
    (folder / "link").symlink_to(outside / "secret")
    (folder / "inner" / "up").symlink_to(outside)
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "same").symlink_to(folder / "cat.jpg")
    os.mkfifo(folder / "pipe")
    for path in (
        f"{outside}/secret",
        "/etc/passwd",
        f"{outside}/media-too/cat.jpg",
        "../secret",
        "inner/../../secret",
        "inner/../cat.jpg",
        f"{folder}/../secret",
        "link",
        "same",
        "inner/up/secret",
        "loop",
        "pipe",
        "inner",
        "",
        ".",
        "/",
        str(folder),
        "cat.jpg/more",
        "none",
        "none/none",
        "cat\0.jpg",
        "~/secret",
        "x" * 100_000,
        "x/" * (MAX_PARTS + 1),
        "\udc80",
    ):
        with pytest.raises(LocalError):
            media.read(path)


def test_a_file_that_is_too_large_is_refused_and_so_is_every_file_without_a_folder(folder: Path) -> None:
    with (folder / "large").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(LocalError, match="MiB"):
        MediaFolder(folder).read("large")
    with pytest.raises(LocalError, match="no folder"):
        MediaFolder(None).read("cat.jpg")


def test_a_folder_that_is_a_link_itself_is_what_the_operator_named(folder: Path) -> None:
    place = folder.parent / "place"
    place.symlink_to(folder)
    assert MediaFolder(place).read("cat.jpg") == b"cat"

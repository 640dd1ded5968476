"""What may name an archive."""

from __future__ import annotations

import pytest

from pystatus.mailserver.server.archive import ArchiveError
from pystatus.storage.archive.names import check_name


@pytest.mark.parametrize(
    "name",
    [
        "archive.db",
        "/srv/waku/archive.db",
        "~/a:b/archive.db",
        "postgresql://waku:secret@db.example.org/waku",
        "postgresql://waku:p%40ss@db-1.example.org:5432,db-2.example.org/waku?target_session_attrs=read-write",
        "postgres://waku@[2001:db8::1]:5433,[2001:db8::2]/waku?sslmode=verify-full",
        "postgresql:///waku?host=a,b&port=1,2",
        "postgresql:///waku?host=/run/postgresql",
    ],
)
def test_a_file_or_a_database(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("mysql://waku:secret@h/waku", "There are no archives at mysql://… Give a file, or postgresql://user:"),
        ("sqlite:///archive.db", "There are no archives at sqlite://…"),
        ("postgresql://waku:secret@h:port/waku", "'port' is not a port"),
        ("postgresql://waku:secret@a:1,b:65536/waku", "'65536' is not a port"),
        ("postgresql://waku:secret@[::1]:0/waku", "'0' is not a port"),
        ("postgresql://waku:secret@h:/waku", "'' is not a port"),
        ("postgresql:///waku?password=secret&host=a,b&port=1,x", "'x' is not a port"),
        ("postgresql://waku:secret@[::1/waku", "is malformed. Give postgresql://user:password@host/database."),
        ("postgresql://waku:secret@h/waku?target_session_attrs=writable", "target_session_attrs must be any, primary"),
        ("postgresql://waku:secret@h/waku?sslmode=yes", "sslmode must be disable, allow, prefer"),
    ],
)
def test_what_names_none_is_refused_with_a_sentence_without_its_password(name: str, sentence: str) -> None:
    with pytest.raises(ArchiveError) as told:
        check_name(name)
    assert sentence in str(told.value)
    assert "secret" not in str(told.value)

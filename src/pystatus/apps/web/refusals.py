"""What is answered to requests and calls that are refused: a sentence for a person, and a kind for the page."""

from __future__ import annotations

from http import HTTPStatus

from pystatus.net.http_errors import HttpError


class PageError(HttpError):
    """Becomes ``{"error": sentence, "kind": kind}`` with a status."""

    def __init__(self, status: HTTPStatus, kind: str, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, sentence, headers)
        self.kind = kind

"""What an HTTP port answers to requests that it does not take, in a sentence each. It repeats nothing of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from aiohttp import web

MAX_REQUEST_LINE: Final = 8_190
"""Bytes of the path and the query."""
MAX_FIELD: Final = 8_192
"""Bytes of one header. Another number than the one above: it tells which of both was exceeded."""
MAX_FIELDS = 64
"""Headers of a request."""
MAX_HEADER = 32 << 10
"""Bytes of all headers of a request together; browsers bring their cookies."""

_SENTENCES = {
    HTTPStatus.REQUEST_URI_TOO_LONG: f"the path has more than {MAX_REQUEST_LINE} bytes",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        f"the header has more than {MAX_FIELDS} fields, {MAX_FIELD} bytes in one of them, or {MAX_HEADER} bytes in all"
    ),
    HTTPStatus.BAD_REQUEST: "this is no HTTP request",
    HTTPStatus.REQUEST_TIMEOUT: "the header took too long",
    HTTPStatus.SERVICE_UNAVAILABLE: "all places are taken: try again",
}


class HttpError(Exception):
    """Becomes the answer to a request."""

    def __init__(self, status: HTTPStatus, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.headers = headers


def refusal(error: HttpError, request: web.BaseRequest) -> web.Response:
    """The answer that an error becomes. Behind a body that nobody has read no other request can follow."""
    response = web.Response(status=error.status, text=f"{error.sentence}\n", headers=error.headers)
    if request.body_exists:
        response.force_close()
    return response


def error_of(status: HTTPStatus) -> HttpError:
    """The error with this status, and its sentence."""
    return HttpError(status, _SENTENCES.get(status, status.description or status.phrase))

"""A service of prices in tests: answers in the shape of CryptoCompare's, of which most fields are left out."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PATIENCE = 30.0


def answer(prices: Mapping[str, object], currency: str = "EUR", opened: object = 200.0) -> bytes:
    """What the service says when it is asked: the numbers for programs, and the same for people."""
    raw = {
        symbol: {
            currency: {
                "TYPE": "5",
                "MARKET": "CCCAGG",
                "FROMSYMBOL": symbol,
                "TOSYMBOL": currency,
                "PRICE": price,
                "LASTUPDATE": 1_606_780_800,
                "OPEN24HOUR": opened,
                "IMAGEURL": "/media/37746238/eth.png",
            }
        }
        for symbol, price in prices.items()
    }
    shown = {symbol: {currency: {"PRICE": f"€ {price}"}} for symbol, price in prices.items()}
    return json.dumps({"RAW": raw, "DISPLAY": shown}).encode()


class PriceServer:
    """One on this machine, in a thread of its own: commands have a loop of their own."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        """The path and the parameters of each request."""
        self.status = 200
        self.body = answer({"ETH": 210.5})
        self.url = ""


@contextmanager
def serving() -> Iterator[PriceServer]:
    """Until the end of the block."""
    made = PriceServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            made.asked.append((parts.path, parse_qs(parts.query)))
            self.send_response(made.status)
            self.send_header("Content-Length", str(len(made.body)))
            self.end_headers()
            self.wfile.write(made.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library calls it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)

"""What every answer says to browsers: what a page of ours may do, and that nobody else may use it."""

from __future__ import annotations

from collections.abc import Mapping

NO_STORE = "no-store"
FOR_EVER = "public, max-age=31536000, immutable"
"""For files whose name has a hash of their contents."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src blob:; "
    "font-src 'self'; manifest-src 'self'; connect-src 'self' ws://{host} wss://{host}; form-action 'none'; "
    "frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
    "X-Frame-Options": "DENY",
    "Server": "pystatus",
}


def headers(host: str | None) -> Mapping[str, str]:
    """Those of every answer.

    :param host: what the request has called us; ``None``: by a name that is not allowed.
    """
    # Safari takes no WebSocket for 'self', so its address is written out.
    policy = "default-src 'none'; frame-ancestors 'none'" if host is None else _POLICY.format(host=host)
    return {**_ALWAYS, "Content-Security-Policy": policy}

"""UPnP for routers (Internet Gateway Device 1 and 2): what is sent to one, and what its answers say.

Of UPnP a node needs one search and five actions. ``async-upnp-client``, which is well kept, was looked at: it asks for
the description of every service and follows every URL that a device names, reads answers of any size, and brings two
more libraries (a schema language, and the media descriptions of DLNA). Its HTTP side would have to be replaced to bound
that, and what would be left of it is shorter than this module.
"""

from __future__ import annotations

import enum
import ipaddress
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import escape

from pystatus.errors import RemoteError
from pystatus.nat.xml_text import parse_xml
from pystatus.records import dataclass

SSDP_GROUP = "239.255.255.250"
"""Where a search is sent (UPnP Device Architecture 1.1, 1.3.2)."""
SSDP_PORT = 1900
"""UDP port of a search, likewise."""
SEARCH_SECONDS = 1
"""Within which devices answer, at a time that they draw by lot, likewise (``MX``)."""
MAX_ANSWER = 2_048
"""Bytes of an answer to a search. They have some hundred. Ours."""
MAX_URL = 256
"""Characters of a URL of a router. Ours."""
DEVICES = tuple(f"urn:schemas-upnp-org:device:WANConnectionDevice:{version}" for version in (1, 2))
"""What is searched for (overlay.md §6.1)."""
SERVICES = (
    "urn:schemas-upnp-org:service:WANIPConnection:2",
    "urn:schemas-upnp-org:service:WANIPConnection:1",
    "urn:schemas-upnp-org:service:WANPPPConnection:1",
)
"""Those that open ports, the preferred ones first (overlay.md §6.1)."""

_BODY = (
    '<?xml version="1.0"?>\r\n'
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
    '<s:Body><u:{action} xmlns:u="{service}">{arguments}</u:{action}></s:Body></s:Envelope>'
)


class ErrorCode(enum.IntEnum):
    """Of the errors of a router those that mean something to us (WANIPConnection:1, 2.4)."""

    NOT_AUTHORISED = 606
    NO_SUCH_ENTRY = 714
    CONFLICT = 718
    ONLY_PERMANENT = 725


class UpnpError(RemoteError):
    """The router refuses an action."""

    def __init__(self, action: str, code: int) -> None:
        super().__init__(f"refuses {action} with error {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Service:
    """What opens ports on a router."""

    kind: str
    """One of :data:`SERVICES`."""
    control_url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A port that a router has opened."""

    client: str
    """The machine that it leads to, as the router writes its address."""
    port: int


def encode_search(device: str) -> bytes:
    """A search for a kind of device."""
    lines = (
        "M-SEARCH * HTTP/1.1",
        f"HOST: {SSDP_GROUP}:{SSDP_PORT}",
        f"ST: {device}",
        'MAN: "ssdp:discover"',
        f"MX: {SEARCH_SECONDS}",
    )
    return "\r\n".join((*lines, "", "")).encode("ascii")


def decode_location(datagram: bytes, sender: ipaddress.IPv4Address) -> str:
    """Where the description of the device is that answers a search.

    :param sender: of the datagram: a device speaks for itself alone, so that nobody can send us elsewhere.
    :raises RemoteError: no such answer, or it leads elsewhere.
    """
    if len(datagram) > MAX_ANSWER:
        raise RemoteError(f"answer to a search of {len(datagram)} bytes: at most {MAX_ANSWER} are allowed")
    status, *lines = datagram.decode("latin-1").split("\r\n")
    if not status.startswith("HTTP/1.1 200"):
        raise RemoteError("no answer to a search")
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip().lower() == "location":
            return check_url(value.strip(), sender)
    raise RemoteError("answer to a search without a location")


def check_url(url: str, host: ipaddress.IPv4Address) -> str:
    """The URL, which leads to this host by HTTP.

    :raises RemoteError: it does not.
    """
    if len(url) > MAX_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise RemoteError(f"URL of a router that has more than {MAX_URL} characters, or strange ones")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise RemoteError("URL of a router that is none") from None
    if parts.scheme != "http" or parts.hostname != str(host) or port == 0 or parts.username is not None:
        raise RemoteError("URL of a router that leads elsewhere")
    return url


def decode_description(data: bytes, location: str, host: ipaddress.IPv4Address) -> list[Service]:
    """The services that open ports in the description of a device, the preferred ones first; perhaps none.

    :param location: the URL of the description.
    :raises RemoteError: no description, or a service that is elsewhere.
    """
    found = []
    for element in parse_xml(data).all("service"):
        kind, url = element.child_text("serviceType"), element.child_text("controlURL")
        if kind in SERVICES and url:
            try:
                absolute = urljoin(location, url)
            except ValueError:
                raise RemoteError("URL of a router that is none") from None
            found.append(Service(kind, check_url(absolute, host)))
    return sorted(found, key=lambda one: SERVICES.index(one.kind))


def encode_action(service: Service, action: str, arguments: Mapping[str, object]) -> tuple[dict[str, str], bytes]:
    """The headers and the body of a request."""
    written = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in arguments.items())
    body = _BODY.format(action=action, service=service.kind, arguments=written).encode()
    return {"Content-Type": 'text/xml; charset="utf-8"', "SOAPAction": f'"{service.kind}#{action}"'}, body


def decode_result(data: bytes, action: str) -> dict[str, str]:
    """What an action has resulted in, by the names of UPnP.

    :raises UpnpError: the router refuses.
    :raises RemoteError: no answer to this action.
    """
    root = parse_xml(data)
    for error in root.all("UPnPError"):
        raise UpnpError(action, _number(error.child_text("errorCode"), 999))
    for answer in root.all(f"{action}Response"):
        return {child.name: child.text.strip() for child in answer.children}
    raise RemoteError(f"answer to {action} that is none")


def read_address(result: Mapping[str, str]) -> ipaddress.IPv4Address:
    """The address in the result of ``GetExternalIPAddress``.

    :raises RemoteError: it has none.
    """
    text = result.get("NewExternalIPAddress", "")
    if not text:
        raise RemoteError("has no address on the internet at present")
    try:
        return ipaddress.IPv4Address(text)
    except ValueError:
        raise RemoteError("says an address that is none") from None


def read_entry(result: Mapping[str, str]) -> Entry:
    """The result of ``GetSpecificPortMappingEntry``.

    :raises RemoteError: it is none.
    """
    return Entry(result.get("NewInternalClient", ""), _number(result.get("NewInternalPort"), 0xFFFF))


def _number(text: str | None, highest: int) -> int:
    """
    :raises RemoteError: no number from 0 on.
    """
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 5 or int(text) > highest:
        raise RemoteError("number of a router that is none")
    return int(text)

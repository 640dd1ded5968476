"""A home router that speaks UPnP, on sockets of loopback: it answers a search over UDP, and actions over HTTP. It does
what the test says, also what is wrong."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Self

HOST = "127.0.0.1"
SERVICE = "urn:schemas-upnp-org:service:WANIPConnection:1"
DESCRIPTION = """<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major><minor>0</minor></specVersion>
<device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><deviceList>
<device><deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType><deviceList>
<device><deviceType>urn:schemas-upnp-org:device:WANConnectionDevice:1</deviceType>
<serviceList>{services}</serviceList></device></deviceList></device></deviceList></device></root>"""
ONE_SERVICE = (
    "<service><serviceType>{kind}</serviceType><serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId>"
    "<SCPDURL>/wan.xml</SCPDURL><controlURL>{url}</controlURL><eventSubURL>/event</eventSubURL></service>"
)
ANSWER = (
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{body}</s:Body>'
    "</s:Envelope>"
)
ERROR = (
    "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>"
    '<UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>{code}</errorCode>'
    "<errorDescription>no</errorDescription></UPnPError></detail></s:Fault>"
)


class UpnpHomeRouter(asyncio.DatagramProtocol):
    """As the documents of UPnP have one."""

    def __init__(self, address: str = "45.9.0.1") -> None:
        self.address = address
        self.nat_enabled = "1"
        self.only_permanent = False
        self.entries: dict[tuple[str, int], dict[str, str]] = {}
        """By protocol and external port, what was asked for."""
        self.errors: dict[str, int] = {}
        """Actions that it refuses, and with which error."""
        self.actions: list[str] = []
        self.services = [(SERVICE, "/control")]
        self.page: Callable[[str], bytes] | None = None
        """The whole HTTP answer, by "description" or the action, in place of the right one; ``b""``: the right one."""
        self.location: str | None = None
        """In place of the right one."""
        self.search_answer: Callable[[bytes], list[bytes]] | None = None
        self.searches: list[bytes] = []
        self.came = asyncio.Event()
        self._udp: asyncio.DatagramTransport
        self._http: asyncio.Server

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._udp, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(HOST, 0))
        self._http = await asyncio.start_server(self._serve, HOST, 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._udp.close()
        self._http.close()

    @property
    def ssdp(self) -> tuple[str, int]:
        """Where it is searched for."""
        return HOST, int(self._udp.get_extra_info("sockname")[1])

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._http.sockets[0].getsockname()[1]}"

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.searches.append(data)
        text = (
            "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nEXT:\r\n"
            f"LOCATION: {self.location or self.url + '/root.xml'}\r\nSERVER: home\r\n"
            "ST: urn:schemas-upnp-org:device:WANConnectionDevice:1\r\nUSN: uuid:1\r\n\r\n"
        )
        answers = [text.encode()] if self.search_answer is None else self.search_answer(text.encode())
        for answer in answers:
            self._udp.sendto(answer, addr)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
        body = (await reader.readexactly(int(length[1]))).decode() if length else ""
        action = re.search(r'soapaction: "[^#]+#(\w+)"', head, re.IGNORECASE)
        name = action[1] if action else "description"
        self.actions.append(name)
        self.came.set()
        page = (self.page(name) if self.page else b"") or self._page(name, body)
        try:
            writer.write(page)
            await writer.drain()
            if page == b"HTTP/1.1 200 OK\r\n":  # nothing comes after it
                await reader.read()
            writer.close()
        except ConnectionError:  # who asked has had enough
            writer.close()

    def _page(self, name: str, body: str) -> bytes:
        if name == "description":
            services = "".join(ONE_SERVICE.format(kind=kind, url=url) for kind, url in self.services)
            return http(DESCRIPTION.format(services=services))
        if name in self.errors:
            return fault(self.errors[name])
        arguments = dict(re.findall(r"<(New\w+)>([^<]*)</", body))
        key = arguments.get("NewProtocol", ""), int(arguments.get("NewExternalPort", 0))
        entry = self.entries.get(key)
        match name:
            case "GetNATRSIPStatus":
                return result(name, NewRSIPAvailable="0", NewNATEnabled=self.nat_enabled)
            case "GetExternalIPAddress":
                return result(name, NewExternalIPAddress=self.address)
            case "AddPortMapping":
                if self.only_permanent and arguments["NewLeaseDuration"] != "0":
                    return fault(725)
                if entry is not None and entry["NewInternalClient"] != arguments["NewInternalClient"]:
                    return fault(718)
                self.entries[key] = arguments
                return result(name)
            case "DeletePortMapping":
                return fault(714) if self.entries.pop(key, None) is None else result(name)
            case "GetSpecificPortMappingEntry":
                if entry is None:
                    return fault(714)
                return result(
                    name,
                    NewInternalPort=entry["NewInternalPort"],
                    NewInternalClient=entry["NewInternalClient"],
                    NewEnabled="1",
                    NewPortMappingDescription=entry["NewPortMappingDescription"],
                    NewLeaseDuration=entry["NewLeaseDuration"],
                )
        return fault(401)


def http(text: str | bytes, status: str = "200 OK") -> bytes:
    data = text if isinstance(text, bytes) else text.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n"
    return head.encode() + data


def result(action: str, **values: str) -> bytes:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return http(ANSWER.format(body=f'<u:{action}Response xmlns:u="{SERVICE}">{inner}</u:{action}Response>'))


def fault(code: int) -> bytes:
    return http(ANSWER.format(body=ERROR.format(code=code)), "500 Internal Server Error")

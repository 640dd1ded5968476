"""Calls about the network that profiles are opened in: joined by an invitation, or made here. They work always."""

from __future__ import annotations

from pystatus.apps.web import shapes
from pystatus.apps.web.calls import Calls
from pystatus.apps.web.page import Page
from pystatus.apps.web.shapes import PageValue
from pystatus.errors import LocalError
from pystatus.faces.catalogue import Catalogue
from pystatus.fleets.invitation import NotAnInvitation, invitation, is_invitation
from pystatus.fleets.published import PUBLISHED
from pystatus.rpc.session import Session


class NetworkCalls(Calls):
    """Of one server."""

    WAITING = frozenset({"web_network_make", "web_network_start", "web_network_stop"})
    """Those that wait for nodes to start or to end."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def web_join(self, session: Session, invitation: str) -> PageValue:
        """Use the network of an invitation for the profile that is opened next; an empty one takes it back. No file is
        read and no address is fetched, as a command would."""
        text = invitation.strip()
        self._check_closed()
        if text and text not in PUBLISHED and not is_invitation(text):
            raise NotAnInvitation(self._page.viewer(session).texts.browser_no_invitation())
        found = self._page.networks.use(text)
        if found is None:
            return {"name": "", "relays": 0, "mailservers": 0}
        return {"name": found.name, "relays": len(found.relays), "mailservers": len(found.mailservers)}

    def web_own_network(self, session: Session) -> PageValue:
        """The network that runs beside the page, if there is one, and the invitation to it."""
        return self._own(self._page.viewer(session).texts)

    async def web_network_make(self, session: Session, name: str, host: str | None = None) -> PageValue:
        """Make a network on this machine, run it as long as the page is served, and use it."""
        self._check_closed()
        wanted = (host or "").strip()
        await self._page.networks.make(name.strip(), wanted or None)
        return self._own(self._page.viewer(session).texts)

    async def web_network_start(self, session: Session) -> PageValue:
        """Run the network that was made here."""
        await self._page.networks.start()
        return self._own(self._page.viewer(session).texts)

    async def web_network_stop(self, session: Session) -> PageValue:
        """End it: nobody is reached by it until it is started again."""
        await self._page.networks.stop()
        return self._own(self._page.viewer(session).texts)

    def web_network_invitation(self) -> PageValue | None:
        """The network that is used, to be given to others; ``None``: it is not known as one, or too large for that."""
        fleet = self._page.networks.used
        if fleet is None:
            return None
        try:
            link = invitation(fleet)
        except LocalError:
            return None
        return {"link": link, "qr": shapes.qr_rows(link.upper())}

    def _own(self, texts: Catalogue) -> PageValue:
        networks = self._page.networks
        own = networks.running
        state = {"state": networks.own_state.value, "problem": networks.problem, "used": networks.is_own_used}
        if own is None:
            return {**state, "name": "", "link": "", "qr": [], "reach": "", "ports": ""}
        link = invitation(own.fleet)
        reach = {
            "nobody": texts.browser_reach_nobody,
            "local": texts.browser_reach_local,
            "public": texts.browser_reach_public,
            "name": texts.browser_reach_name,
        }[own.reach]
        return {
            **state,
            "name": own.fleet.name,
            "link": link,
            "qr": shapes.qr_rows(link.upper()),
            "reach": reach(host=own.host),
            "ports": texts.browser_ports(ports=", ".join(own.ports)) if own.reach != "nobody" else "",
        }

    def _check_closed(self) -> None:
        """
        :raises LocalError: a profile is open, whose network stays as it is.
        """
        if self._page.profile is not None:
            raise LocalError("A profile is open. Lock it, choose the network, and unlock it again.")

"""Calls about names on the chain: ours, those that are searched for, and changes of them. What is to be signed is kept
here, as for the wallet, and signed by ``web_wallet_sign``."""

from __future__ import annotations

from pystatus.apps.web.calls import Calls
from pystatus.apps.web.page import Page
from pystatus.apps.web.shapes import PageValue
from pystatus.apps.web.viewer import Viewer
from pystatus.apps.web.wallet_calls import asked, known
from pystatus.client.features.names import NameAction
from pystatus.errors import LocalError
from pystatus.faces.names_page import action_words, change_row, name_page
from pystatus.faces.wallet_acting import chain_of, drafted_name, wallet_of
from pystatus.faces.wallet_question import name_question
from pystatus.rpc.session import Session


class NamesCalls(Calls):
    """Of one server."""

    WAITING = frozenset({"web_names", "web_name", "web_name_draft"})
    """Those that wait for a node of Ethereum."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def _viewer(self, session: Session) -> Viewer:
        viewer = self._page.viewer(session)
        viewer.opened  # noqa: B018 - it says that no profile is open
        return viewer

    async def web_names(self, session: Session) -> PageValue:
        """Our names, what was changed from here, and why the chain cannot be asked, if it cannot."""
        viewer = self._viewer(session)
        profile, texts = viewer.opened, viewer.texts
        _, problem = await chain_of(wallet_of(profile.client), texts)
        rows = [change_row(one, profile.today, texts) for one in profile.names.changes()]
        return {
            "problem": problem,
            "names": [{"name": one.name, "preferred": one.is_preferred} for one in profile.names.own()],
            "changes": [{"title": row.title, "state": row.state, "moment": row.moment} for row in rows],
        }

    async def web_name(self, session: Session, name: str) -> PageValue:
        """What the chain says of a name, and what can be done with it."""
        viewer = self._viewer(session)
        profile, texts = viewer.opened, viewer.texts
        offer = await profile.names.search(name)
        found = await profile.names.resolve(offer.name)
        page = name_page(offer, found, profile.names.own(), profile.today, texts)
        return {
            "name": page.name,
            "sentences": list(page.sentences),
            "problem": page.problem,
            "actions": [{"action": one.value, "label": _on_button(action_words(one, texts))} for one in page.actions],
            "can_add": page.can_add,
        }

    async def web_name_draft(self, session: Session, action: str, name: str, value: str = "") -> PageValue:
        """Try to change a name. The question to ask before it is signed."""
        viewer = self._viewer(session)
        try:
            wanted = NameAction(action)
        except ValueError:
            known_ones = ", ".join(one.value for one in NameAction)
            raise LocalError(f"With a name one of these is done: {known_ones}.") from None
        client = viewer.opened.client
        draft = await drafted_name(client, wanted, name, value)
        return asked(viewer, draft, name_question(draft, known(wallet_of(client)), viewer.texts))


def _on_button(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"

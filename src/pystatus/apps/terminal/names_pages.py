"""Pages of names on the chain: those that are ours, one that was searched for, and what was changed from here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from pystatus.apps.terminal.dialogs.windows import Act, Entry, PageWindow
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.wallet_desk import Desk, ask_and_send, known
from pystatus.client.features.names import NameAction, NameDraft, OwnName
from pystatus.faces import wallet_acting
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.moments import local
from pystatus.faces.names_page import NamePage, action_words, change_row, name_page
from pystatus.faces.wallet_acting import drafted_name
from pystatus.faces.wallet_question import name_question
from pystatus.sanitise import one_line

KEYS = {
    NameAction.REGISTER: "r",
    NameAction.CONNECT: "k",
    NameAction.SET_ADDRESS: "d",
    NameAction.SET_CONTENT: "c",
    NameAction.RELEASE: "l",
}


def names_page(desk: Desk) -> PageWindow:
    """Our names."""
    face = desk.face
    texts, names = face.texts, face.names
    problem = ""

    async def load() -> None:
        nonlocal problem
        _, problem = await wallet_acting.chain_of(wallet_acting.wallet_of(face.client), texts)

    async def search(_: str) -> None:
        name = await desk.ask(texts.names_search(), texts.names_search_question())
        if name is not None:
            await show(name)

    async def show(name: str) -> None:
        page = await read_name(face, name)
        await desk.go_into(one_name_page(desk, page))

    async def prefer(name: str) -> None:
        is_preferred = any(one.name == name and one.is_preferred for one in names.own())
        await names.prefer("" if is_preferred else name)

    async def forget(name: str) -> None:
        if await desk.confirm(texts.names_forget_question(name=one_line(name))):
            await names.remove(name)

    async def changes(_: str) -> None:
        await desk.go_into(changes_page(desk))

    return PageWindow(
        texts.names_title(),
        lambda: [_entry(one, face) for one in names.own()],
        [
            Act("Enter", texts.terminal_act_open(), show),
            Act("s", texts.terminal_act_search_name(), search, needs_entry=False),
            Act("p", texts.names_act_prefer(), prefer),
            Act("x", texts.names_act_forget(), forget),
            Act("c", texts.terminal_act_name_changes(), changes, needs_entry=False),
        ],
        texts.names_empty(),
        lambda: problem or texts.names_note(),
        load,
    )


def _entry(one: OwnName, face: Face) -> Entry:
    texts = face.texts
    detail = texts.names_preferred() if one.is_preferred else texts.names_not_preferred()
    return Entry(one.name, one_line(one.name), detail, bold=one.is_preferred)


def lines(face: Face) -> list[str]:
    """The names as lines, for ``--plain``."""
    found = [f"{entry.text}: {entry.detail}" for entry in (_entry(one, face) for one in face.names.own())]
    return [*(found or [face.texts.names_empty()]), face.texts.terminal_plain_names()]


async def read_name(face: Face, name: str) -> NamePage:
    """Ask the chain for a name.

    :raises StatusError: it is none, or the chain cannot be asked.
    """
    offer = await face.names.search(name)
    found = await face.names.resolve(offer.name)
    today = local(int(face.client.now * 1_000)).date()
    return name_page(offer, found, face.names.own(), today, face.texts)


def one_name_page(desk: Desk, found: NamePage) -> PageWindow:
    """What the chain says of a name, and what can be done with it."""
    face = desk.face
    texts = face.texts
    page = found

    def read() -> Sequence[Entry]:
        return [Entry(str(number), one) for number, one in enumerate([*page.sentences, page.problem]) if one]

    async def act(action: NameAction) -> None:
        value = ""
        if action is NameAction.SET_ADDRESS:
            value = await desk.ask(texts.names_title(), texts.names_ask_address()) or ""
            if not value:
                return
        elif action is NameAction.SET_CONTENT:
            value = await desk.ask(texts.names_title(), texts.names_ask_content()) or ""
        await _sign_and_send(desk, await drafted_name(face.client, action, page.name, value))
        await reload()

    async def reload() -> None:
        nonlocal page
        page = await read_name(face, page.name)

    async def add(_: str) -> None:
        await face.names.add(page.name)
        desk.tell(texts.names_added(name=page.name))
        await reload()

    def acts() -> Sequence[Act]:
        found = [_act(action, act, texts) for action in page.actions]
        return [*found, Act("a", texts.names_act_add(), add, needs_entry=False)] if page.can_add else found

    return PageWindow(page.name, read, acts, texts.terminal_nothing_found())


def _act(action: NameAction, act: Callable[[NameAction], Awaitable[None]], texts: Catalogue) -> Act:
    return Act(KEYS[action], action_words(action, texts), lambda _: act(action), needs_entry=False)


async def _sign_and_send(desk: Desk, draft: NameDraft) -> None:
    face = desk.face
    question = name_question(draft, known(face), face.texts)
    await ask_and_send(desk, question, lambda password: face.names.send(draft, password))


def changes_page(desk: Desk) -> PageWindow:
    """What was sent to change names. Higher fees and taking back are on the page of all that was sent."""
    face = desk.face
    texts = face.texts

    def read() -> Sequence[Entry]:
        today = local(int(face.client.now * 1_000)).date()
        rows = [change_row(one, today, texts) for one in face.names.changes()]
        return [Entry(str(number), row.title, f"{row.moment} · {row.state}") for number, row in enumerate(rows)]

    async def again(_: str) -> None:
        await wallet_acting.wallet_of(face.client).update_sent()

    return PageWindow(
        texts.names_changes(),
        read,
        [Act("r", texts.terminal_act_again(), again, needs_entry=False)],
        texts.names_changes_empty(),
    )

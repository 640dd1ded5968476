"""``pystatus chat``: chats in the terminal, for people."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from pystatus.apps.cli.option_groups import LogOptions, NetworkOptions, grouped
from pystatus.apps.cli.options import DailyHistory
from pystatus.apps.cli.screen_values import HOURS, IMAGES, Hours
from pystatus.apps.cli.values import CHAT, OSC, PROFILE, THEME, argument, option
from pystatus.apps.terminal import loading
from pystatus.errors import LocalError, Refused
from pystatus.storage.paths import default_data_directory
from pystatus.variables import QUIET_VARIABLE

if TYPE_CHECKING:
    from pathlib import Path

    from pystatus.apps.terminal.face import Face, Wishes
    from pystatus.apps.terminal.first_start import Chosen

SUMMARY = "Chat in the terminal."
PLACE = 5

NO_JSON = "A chat is for people. For programs there are: pystatus listen --json, pystatus send --json."


@dataclass
class ChatOptions(NetworkOptions):
    """A profile to chat with, if one is named."""

    profile: Annotated[
        str | None,
        argument(PROFILE, metavar="PROFILE", help="Which one. Without it you are asked, and can make an account."),
    ] = None  # type: ignore[assignment]  # here it may be chosen on the screen


@grouped
def chat(
    given: ChatOptions,
    logs: LogOptions,
    only: Annotated[str | None, option(CHAT, "--chat", metavar="CHAT", help="The chat to open first.")] = None,
    plain: Annotated[
        bool,
        typer.Option("--plain", help="Line by line: for screen readers and terminals that can do nothing else."),
    ] = False,
    theme: Annotated[
        str,
        option(THEME, metavar="NAME", help="Its colours: dark, light, contrast, or terminal: its own sixteen."),
    ] = "dark",
    ascii_only: Annotated[bool, typer.Option("--ascii", help="Use no signs but those of ASCII.")] = False,
    mouse: Annotated[bool, typer.Option("--mouse/--no-mouse", help="Scroll and choose with the mouse.")] = True,
    bell: Annotated[bool, typer.Option("--bell/--no-bell", help="Ring when somebody writes to you.")] = True,
    osc: Annotated[
        str,
        option(OSC, metavar="WHICH", help="Ask the terminal for a notice on the desktop: auto, off, 9, 777 or 99."),
    ] = "auto",
    images: Annotated[
        str,
        option(IMAGES, metavar="WHICH", help="Draw pictures: auto (of people whom you have added), always or never."),
    ] = "auto",
    desktop: Annotated[
        bool,
        typer.Option("--desktop/--no-desktop", help="Ask the desktop itself, where pystatus[desktop] is installed."),
    ] = True,
    quiet: Annotated[
        Hours | None,
        option(HOURS, metavar="HOURS", envvar=QUIET_VARIABLE, help="No notices from when to when: 22:00-07:00."),
    ] = None,
    preview: Annotated[bool, typer.Option("--preview/--no-preview", help="Say what was written in notices.")] = True,
    daily_history: DailyHistory = None,
) -> None:
    """Chat in the terminal. F1 shows all keys; keys.toml in the data directory changes them.

    Without PROFILE you choose one, make an account, recover one, or look around in a demo on this machine alone.
    """
    loading.begin()
    from pystatus.apps.terminal.face import Wishes

    if given.as_json:
        raise Refused(NO_JSON)
    plain = plain or os.environ.get("TERM", "dumb") in ("", "dumb")
    if not plain and not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise LocalError("There is no terminal to chat in. Line by line it works without: pystatus chat --plain")
    wishes = Wishes(
        theme=theme,
        ascii=ascii_only,
        mouse=mouse,
        bell=bell,
        osc=osc,
        desktop=desktop,
        quiet=quiet,
        preview=preview,
        images=images,
    )
    if not plain:
        wishes = _with_keys(wishes, given.data_dir)
    chosen: Chosen | None = None
    if not given.profile:
        if plain:
            raise Refused("Name a PROFILE: there is no screen to choose one on. To make one: pystatus account create")
        chosen = _choose(given, wishes)
        if chosen is None:
            return
    else:
        given.find()
        given.check()
    _run(given, logs, wishes, only, daily_history, plain=plain, chosen=chosen)


def _with_keys(wishes: Wishes, data_dir: Path | None) -> Wishes:
    """The same, with the keys that somebody wants.

    :raises LocalError: something is wrong in the file of them.
    """
    from pystatus.apps.terminal.key_file import NAME, KeyFile
    from pystatus.faces.catalogue import texts_in
    from pystatus.faces.language import chosen

    file = (data_dir or default_data_directory()) / NAME
    return replace(wishes, keys=KeyFile(file, texts_in(chosen(os.environ))).read(), keys_file=str(file))


def _choose(given: ChatOptions, wishes: Wishes) -> Chosen | None:
    """Have somebody choose a profile; None: there is nothing more to do.

    :raises typer.Exit: they only looked around.
    """
    from pystatus.apps.terminal.first_start import FirstStart
    from pystatus.apps.terminal.running import restored_terminal
    from pystatus.faces.catalogue import texts_in
    from pystatus.faces.language import chosen

    start = FirstStart(given.profiles, texts_in(chosen(os.environ)), wishes)
    with restored_terminal():
        found = start.run(mouse=wishes.mouse)
    if start.wants_demo:
        from pystatus.apps.demo import run

        raise typer.Exit(run(False))
    if found is not None:
        given.profile = found.profile.account.key_uid
        given.access.use_password(found.password)
    return found


def _run(
    given: ChatOptions,
    logs: LogOptions,
    wishes: Wishes,
    only: str | None,
    daily_history: float | None,
    *,
    plain: bool,
    chosen: Chosen | None,
) -> None:
    from pystatus.apps.terminal.signals import run_until_signal
    from pystatus.faces import language
    from pystatus.faces.catalogue import texts_in

    if chosen is None:
        given.find_unused()
    if not plain:
        logging.disable(logging.CRITICAL)  # a line of the log would stand in the middle of the screen
    else:
        logs.set_up(as_json=False)
    client = given.client(daily_megabytes=daily_history)
    texts = texts_in(language.chosen(os.environ))

    async def run() -> int:
        from pystatus.apps.terminal.face import Face

        async with client:
            face = Face(client, texts, wishes)
            return await _shown(face, only, plain=plain, show_words=chosen is not None and chosen.is_new)

    raise typer.Exit(run_until_signal(run()))


async def _shown(face: Face, only: str | None, *, plain: bool, show_words: bool) -> int:
    start = None if only is None else face.client.find_chat(only).id
    if plain:
        from pystatus.apps.terminal import plain as lines

        return await lines.chat(face, start)
    from pystatus.apps.terminal import running

    return await running.chat(face, start, show_words=show_words)

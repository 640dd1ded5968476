"""``pystatus profile``: the name and the picture that contacts see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pystatus.apps.cli import contact_views
from pystatus.apps.cli.option_groups import ProfileOptions, grouped
from pystatus.apps.cli.values import ENS_NAME, argument
from pystatus.errors import LocalError, Refused
from pystatus.settings.kinds import PATH

if TYPE_CHECKING:
    from pystatus.client.features.our_profile import OurProfile
    from pystatus.messenger.own_profile import SharedProfile

SUMMARY = "See and change the name and the picture that your contacts see."
PLACE = 12

app = typer.Typer(help=SUMMARY, no_args_is_help=True)


@app.command()
@grouped
def show(given: ProfileOptions) -> None:
    """Show what your contacts see of you. Works while another process has the profile open."""
    with given.reading() as reader:
        shared = reader.profile()
    contact_views.show_profile(shared, given.out)


@app.command()
@grouped
def name(
    given: ProfileOptions,
    name: Annotated[str, argument(ENS_NAME, metavar="NAME", help="A name that ends with .eth; empty: none any more.")],
) -> None:
    """Say that a name of ENS is yours. Your contacts are told the next time that this profile is connected.

    They show it once they have found that its owner has entered your chat key there.
    """
    _change(lambda ours: ours.set_name(name), given)


@app.command()
@grouped
def picture(
    given: ProfileOptions,
    file: Annotated[Path | None, argument(PATH, metavar="FILE", help="A JPEG, PNG, GIF or WEBP picture.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Have no picture any more.")] = False,
) -> None:
    """Have a picture. Your contacts are told the next time that this profile is connected.

    It is made small, and what tells where, when and with what it was taken is left out.
    """
    if (file is None) != remove:
        raise Refused("Give either a FILE, or --remove.")
    if file is not None:
        from pystatus.media.errors import InvalidMedia
        from pystatus.media.limits import MAX_FILE_BYTES
        from pystatus.media.reading import outline
        from pystatus.storage import files

        with files.explained_files(f"The file {file}"):
            data = files.read_small(file, MAX_FILE_BYTES)
        try:  # what is wrong with it is told before the password is asked
            outline(data)
        except InvalidMedia as error:
            raise LocalError(f"The file {file} cannot be sent: {error}.") from error
    _change(lambda ours: ours.set_picture(file), given)


def _change(act: Callable[[OurProfile], Awaitable[SharedProfile]], given: ProfileOptions) -> None:
    from pystatus.net.loop import run

    client, out = given.access.client(), given.out

    async def change() -> None:
        from pystatus.client.features.our_profile import OurProfile

        async with client:
            contact_views.show_profile(await act(client.feature(OurProfile)), out)

    run(change())

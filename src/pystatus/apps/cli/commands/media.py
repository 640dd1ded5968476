"""``pystatus media``: pictures, sounds and stickers of messages."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pystatus.apps.cli import views
from pystatus.apps.cli.commands.send import DEFAULT_TIMEOUT, post
from pystatus.apps.cli.option_groups import LogOptions, NetworkOptions, ProfileOptions, grouped
from pystatus.apps.cli.options import (
    timeout_option,
)
from pystatus.apps.cli.said import media_fields
from pystatus.apps.cli.targets import check_target
from pystatus.apps.cli.values import CHAT, MESSAGE, MESSAGE_ID, STICKER, argument, option
from pystatus.errors import LocalError
from pystatus.payloads.checks import MAX_PACK
from pystatus.settings.kinds import PATH, whole

if TYPE_CHECKING:
    from pystatus.client import Receipt
    from pystatus.client.features.media import Media
    from pystatus.messenger.records import Chat

SUMMARY = "Send and save pictures, sounds and stickers."
PLACE = 38

_BEGINNINGS_OF_SOUNDS = (b"\xff\xf1", b"\xff\xf9", b"#!AMR\n", b"ID3")

app = typer.Typer(help=SUMMARY, no_args_is_help=True)

ChatArgument = Annotated[
    str, argument(CHAT, metavar="CHAT", help="A person's chat key, or a public chat, '#name' in quotes.")
]
Timeout = Annotated[float, timeout_option("How long to wait until a relay has the message.")]


@app.command()
@grouped
def send(
    given: NetworkOptions,
    logs: LogOptions,
    chat: ChatArgument,
    file: Annotated[
        Path, argument(PATH, metavar="FILE", help="A JPEG, PNG, GIF or WEBP picture, or an AAC or AMR sound.")
    ],
    text: Annotated[
        str | None, option(MESSAGE, metavar="TEXT", help="What clients show that cannot show or play it.")
    ] = None,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Send a picture or a sound.

    It waits until a relay has it, as the command send does with a text. What tells where, when and with what it was
    made is left out. A picture that is too large is made smaller. Pictures are not sent to public chats; a sound has
    two minutes at most.
    """
    from pystatus.media import sounds
    from pystatus.media.errors import InvalidMedia
    from pystatus.media.limits import MAX_FILE_BYTES
    from pystatus.media.reading import image_type, outline
    from pystatus.payloads.kinds import ImageType
    from pystatus.storage import files

    with files.explained_files(f"The file {file}"):
        data = files.read_small(file, MAX_FILE_BYTES)

    is_sound = data.startswith(_BEGINNINGS_OF_SOUNDS)
    if image_type(data) is ImageType.UNKNOWN and not is_sound:
        raise LocalError(f"The file {file} is no JPEG, PNG, GIF or WEBP picture and no AAC or AMR sound.")
    try:  # what is wrong with it is told before the password is asked
        sounds.read(sounds.without_tag(data)) if is_sound else outline(data)
    except InvalidMedia as error:
        raise LocalError(f"The file {file} cannot be sent: {error}.") from error

    async def send_it(media: Media, place: Chat) -> Receipt:
        return await (media.send_audio if is_sound else media.send_image)(place, data, text)

    logs.set_up(as_json=given.as_json)
    _post(given, chat, send_it, timeout)


@app.command()
@grouped
def sticker(
    given: NetworkOptions,
    logs: LogOptions,
    chat: ChatArgument,
    content_hash: Annotated[
        str, argument(STICKER, metavar="HASH", help="The content hash of the sticker's picture, in hexadecimal.")
    ],
    pack: Annotated[int, argument(whole(0, MAX_PACK), metavar="PACK", help="The number of its pack.")],
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Send a sticker of a pack, as the command send does with a text."""
    logs.set_up(as_json=given.as_json)

    async def send_it(media: Media, place: Chat) -> Receipt:
        return await media.send_sticker(place, content_hash, pack)

    _post(given, chat, send_it, timeout)


@app.command()
@grouped
def save(
    given: ProfileOptions,
    message: Annotated[
        str,
        argument(MESSAGE_ID, metavar="ID", help="The message's id, or its beginning as history and listen show it."),
    ],
    file: Annotated[Path, argument(PATH, metavar="FILE", help="The file to write.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace FILE if it is there already.")] = False,
) -> None:
    """Write the picture or the sound of a message to a file. Works while another process has the profile open.

    It is what somebody sent: a program that shows it decodes a file of theirs.
    """
    from pystatus.client.features.media import save_to

    check_target("FILE", file, overwrite=overwrite)
    out = given.out
    with given.reading() as reader:
        attachment, data = reader.attachment(message)
    save_to(file, data, overwrite=overwrite)
    fields = {"event": "saved", "id": views.hex_id(attachment.message_id), "file": str(file)}
    out.result({**fields, "media": media_fields(attachment)}, f"Saved {file}")


def _post(
    given: NetworkOptions, chat: str, send_it: Callable[[Media, Chat], Coroutine[Any, Any, Receipt]], timeout: float
) -> None:
    from pystatus.client.features.media import Media
    from pystatus.net.loop import run

    given.check()
    (place,) = given.access.to_enter([chat], may_ask=not given.as_json)
    client = given.client()
    run(post(client, place, lambda chat: send_it(client.feature(Media), chat), timeout, given.out))

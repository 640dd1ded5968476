"""A chat as one HTML page that needs nothing else: no script, and its own policy forbids that anything is fetched.

Every text is escaped, and nothing of it is markup but what the tree of :mod:`pystatus.payloads.markdown` says. Links go
to http, https and mailto addresses only, and do not tell where they were clicked.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from html import escape
from itertools import chain

from pystatus import sanitise
from pystatus.crypto.keys import PublicKey
from pystatus.messenger.media_keeping import MIME_TYPES
from pystatus.messenger.message_text import preview
from pystatus.messenger.records import Message
from pystatus.messenger.transcript.as_text import QUOTED, media_text, people
from pystatus.messenger.transcript.entries import Entry, Source, moment, short_key
from pystatus.payloads.kinds import ContentType
from pystatus.payloads.markdown.parsing import parse_text
from pystatus.payloads.markdown.tree import (
    Block,
    CodeBlock,
    Heading,
    Inline,
    LineBreak,
    Link,
    Mention,
    Paragraph,
    Quote,
    Tag,
)
from pystatus.wording import counted

COLOURS = 12
"""Colours of names: whoever writes has one of them, by their key."""
TOGETHER = timedelta(minutes=5)
"""Messages of one author within this time of each other stand below one name. Ours."""

_MARKS = {"Emphasis": ("em",), "Strong": ("strong",), "StrongEmphasis": ("strong", "em"), "Deleted": ("del",)}
_HUES = "".join(f".c{number}{{--hue:{number * 360 // COLOURS}}}" for number in range(COLOURS))
STYLE = (
    ":root{color-scheme:light dark;--page:#f4f5f7;--card:#fff;--own:#e3f0ff;--text:#16181d;--dim:#667085;"
    "--line:#d9dce3;--link:#1a5fb4;--light:38%}"
    "@media(prefers-color-scheme:dark){:root{--page:#14161a;--card:#1f2228;--own:#1d3350;--text:#e7e9ee;"
    "--dim:#98a1b3;--line:#343943;--link:#8ab4f8;--light:72%}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,sans-serif}"
    "main,body>header{max-width:46rem;margin:0 auto;padding:0 1rem}"
    "body>header{padding-top:2rem;padding-bottom:1rem;border-bottom:1px solid var(--line)}"
    "h1{font-size:1.6rem;margin:0;overflow-wrap:anywhere}body>header p{margin:.25rem 0 0;color:var(--dim)}"
    "h2{font-size:.85rem;font-weight:600;color:var(--dim);text-align:center;margin:2rem 0 1rem}"
    "article{display:flex;flex-direction:column;align-items:flex-start;margin:1rem 0 0}"
    "article.follows{margin-top:.25rem}article.own{align-items:flex-end}"
    ".head{font-size:.85rem;margin:0 .25rem .2rem;display:flex;gap:.5rem;align-items:baseline;flex-wrap:wrap}"
    ".name{font-weight:600;color:hsl(var(--hue) 55% var(--light))}"
    ".key,time{color:var(--dim);font-size:.75rem}"
    ".said{background:var(--card);border:1px solid var(--line);border-radius:.9rem;padding:.5rem .8rem;"
    "max-width:min(100%,38rem);overflow-wrap:anywhere}"
    ".own .said{background:var(--own)}"
    "article:target .said{outline:2px solid var(--link)}"
    ".said p{margin:0;white-space:pre-wrap}.said p+p{margin-top:.6rem}"
    ".said h3,.said h4{margin:.2rem 0;font-size:1.1rem}.said h4{font-size:1rem}"
    ".said blockquote{margin:.3rem 0;padding-inline-start:.7rem;border-inline-start:3px solid var(--line);"
    "color:var(--dim);white-space:pre-wrap}"
    ".said pre{margin:.3rem 0;padding:.5rem .7rem;background:var(--page);border-radius:.5rem;overflow-x:auto}"
    "code{font:.9em ui-monospace,monospace}.said :not(pre)>code{background:var(--page);border-radius:.3rem;"
    "padding:.1em .3em}"
    ".big p{font-size:2.2rem;line-height:1.2}"
    "a{color:var(--link)}.mention,.tag{color:var(--link);font-weight:600}"
    ".answer{display:block;font-size:.85rem;color:var(--dim);text-decoration:none;border-inline-start:3px solid "
    "var(--line);padding-inline-start:.6rem;margin-bottom:.35rem}"
    ".said img{display:block;max-width:100%;max-height:30rem;height:auto;border-radius:.5rem;margin:.3rem 0}"
    ".said audio{display:block;max-width:100%;margin:.3rem 0}.note{color:var(--dim);font-size:.85rem;margin:0}"
    "ul.reactions{list-style:none;display:flex;gap:.35rem;flex-wrap:wrap;margin:.3rem 0 0;padding:0}"
    "ul.reactions li{background:var(--card);border:1px solid var(--line);border-radius:1rem;padding:0 .55rem;"
    "font-size:.85rem}"
    "footer{max-width:46rem;margin:2rem auto;padding:0 1rem;color:var(--dim);font-size:.8rem;text-align:center}" + _HUES
)
"""One line: its hash is in the policy of the page."""
_POLICY = (
    "default-src 'none'; img-src data:; media-src data:; base-uri 'none'; form-action 'none'; style-src 'sha256-"
    + b64encode(sha256(STYLE.encode()).digest()).decode()
    + "'"
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def pieces(source: Source, exported_ms: int) -> Iterator[str]:
    """The page, message by message."""
    title = escape(source.title)
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<header>\n<h1 dir="auto">{title}</h1>\n'
        f"<p>{escape(source.kind)} chat. Times are those that the authors give, in UTC.</p>\n</header>\n<main>\n"
    )
    day: date | None = None
    before: tuple[PublicKey, datetime] | None = None
    count = 0
    for entry in source.entries():
        when = moment(entry.message)
        if when is not None and when.date() != day:
            day, before = when.date(), None
            yield f"<h2>{day.day} {_MONTHS[day.month - 1]} {day.year}</h2>\n"
        author = entry.message.author
        follows = before is not None and when is not None and before[0] == author and when - before[1] < TOGETHER
        yield from source.prepared(entry)
        yield "".join(_article(source, entry, when, follows=follows))
        before = None if when is None else (author, when)
        count += 1
    yield f"</main>\n<footer>{counted(count, 'message')}, kept with pystatus.</footer>\n</body>\n</html>\n"


def _article(source: Source, entry: Entry, when: datetime | None, *, follows: bool) -> Iterator[str]:
    message = entry.message
    kinds = ["own"] * (message.author == source.own) + ["follows"] * follows
    yield f'<article id="m{message.id.hex()}" class="{" ".join(kinds)}">\n'
    if not follows:
        yield f'<div class="head">{_name(source, message.author)}'
        yield f' <span class="key">{escape(short_key(message.author))}</span>'
        if when is not None:
            yield f' <time datetime="{when:%Y-%m-%dT%H:%M:%SZ}">{when:%H:%M}</time>'
        yield "</div>\n"
    big = " big" if message.content_type == ContentType.EMOJI else ""
    title = "" if when is None else f' title="{when:%Y-%m-%d %H:%M:%S} UTC"'
    yield f'<div class="said{big}" dir="auto"{title}>'
    yield from _answer(source, entry)
    yield from _media(source, entry)
    if not entry.data:
        yield _text(source, message)
    yield "</div>\n"
    if entry.reactions:
        yield '<ul class="reactions">'
        for emoji, names in people(source, entry).items():
            yield f'<li title="{escape(", ".join(names))}">{escape(emoji)} {len(names)}</li>'
        yield "</ul>\n"
    yield "</article>\n"


def _name(source: Source, person: PublicKey) -> str:
    colour = person.compressed[-1] % COLOURS
    return f'<span class="name c{colour}"><bdi>{escape(source.name(person))}</bdi></span>'


def _answer(source: Source, entry: Entry) -> Iterator[str]:
    if entry.message.response_to is None:
        return
    if entry.answered is None:
        yield '<span class="answer">answers a message that is not here</span>'
        return
    answered = entry.answered
    line = escape(preview(answered, source.name, QUOTED))
    name = escape(source.name(answered.author))
    yield f'<a class="answer" href="#m{answered.id.hex()}"><bdi>{name}</bdi>: <bdi>{line}</bdi></a>'


def _media(source: Source, entry: Entry) -> Iterator[str]:
    it = entry.attachment
    if it is None or not entry.data:
        what = media_text(entry)
        if what is not None:
            yield f'<p class="note">{escape(what)}</p>'
        return
    address = f"data:{MIME_TYPES[it.content_type, it.type]};base64,{b64encode(entry.data).decode()}"
    if it.content_type == ContentType.AUDIO:
        yield f'<audio controls preload="none" src="{address}"></audio>'
    else:
        alternative = escape(preview(entry.message, source.name)) or "A picture"
        size = f'width="{it.width}" height="{it.height}"'
        yield f'<img src="{address}" {size} alt="{alternative}" loading="lazy">'


def _text(source: Source, message: Message) -> str:
    shown = message.text[: sanitise.BLOCK_LENGTH]
    cleaner = sanitise.Fragments()
    blocks = "".join(chain.from_iterable(_block(source, block, cleaner) for block in parse_text(shown).blocks))
    if len(message.text) > len(shown):
        blocks += f"<p>{sanitise.ELLIPSIS}</p>"
    return blocks or f'<p class="note">(nothing to show, content type {message.content_type})</p>'


def _block(source: Source, block: Block, cleaner: sanitise.Fragments) -> Iterator[str]:
    match block:
        case CodeBlock(text):
            yield f"<pre><code>{_clean(cleaner, text)}</code></pre>"
        case Quote(text):
            yield f"<blockquote>{_clean(cleaner, text)}</blockquote>"
        case Heading(level, children):
            inner = "".join(_inline(source, node, cleaner) for node in children)
            yield f"<h{level + 2}>{inner}</h{level + 2}>"
        case Paragraph(children):
            inner = "".join(_inline(source, node, cleaner) for node in children)
            if inner.strip():
                yield f"<p>{inner}</p>"


def _inline(source: Source, node: Inline, cleaner: sanitise.Fragments) -> str:
    match node:
        case LineBreak():
            return "<br>"
        case Mention():
            return _mention(source, node)
        case Tag(name):
            return f'<span class="tag">#{_clean(cleaner, name)}</span>'
        case Link(url):
            return _link(url)
    text = _clean(cleaner, node.text)
    name = type(node).__name__
    marks = ("code",) if name == "Code" else _MARKS.get(name, ())
    return "".join(f"<{mark}>" for mark in marks) + text + "".join(f"</{mark}>" for mark in reversed(marks))


def _mention(source: Source, mention: Mention) -> str:
    person = mention.person
    if person is None:
        return escape(f"@{mention.key}")
    return f'<span class="mention">@<bdi>{escape(source.name(person))}</bdi></span>'


def _link(url: str) -> str:
    """A link, unless something of it cannot be seen: then nobody knows where it goes."""
    shown = escape(sanitise.Fragments().clean(url))
    scheme, _, rest = url.partition("://")
    if shown != escape(url) or any(character.isspace() for character in url):
        return shown
    address = f"mailto:{rest}" if scheme.lower() == "mailto" else url
    return f'<a href="{escape(address)}" rel="noopener noreferrer nofollow">{shown}</a>'


def _clean(cleaner: sanitise.Fragments, text: str) -> str:
    return escape(cleaner.clean(text.replace("\r\n", "\n")))

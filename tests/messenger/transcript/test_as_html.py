"""The page: complete, safe whatever was written, and it fetches nothing."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.account.alias import alias
from pystatus.messenger.records import Message
from pystatus.messenger.transcript import as_html
from pystatus.payloads.kinds import ContentType
from tests.messenger.transcript.support import BOB, ME, START, Written, small_picture

ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "h4", "p", "main", "footer"),
    *("article", "div", "span", "bdi", "time", "a", "img", "audio", "blockquote", "pre", "code", "em", "strong"),
    *("del", "br", "ul", "li"),
}
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "dir", "class", "id", "datetime", "title", "href", "rel", "src",
    "width", "height", "alt", "loading", "controls", "preload",
}  # fmt: skip
VOID = {"meta", "img", "br"}
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</div></article><style>*{display:none}</style>",
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    'https://a.example/"onmouseover="alert(1)',
    "https://a.example/'><script>alert(1)</script>",
    "https://a.example/\u202egnp.exe",
    "data:text/html,<script>alert(1)</script>",
    "mailto://a@b.example?body=<script>",
    "`</code><script>` ```\n</pre><script>\n```\n> </blockquote><script>",
    "&lt;script&gt; &#60;script&#62; &amp;",
    "\x1b[31m \x00 \ufffe \U000e0001",
]


class Page(HTMLParser):
    """What a browser makes of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == [], "every element ends"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ELEMENTS
        assert {name for name, _ in attrs} <= ATTRIBUTES
        assert not {name for name, _ in attrs if name.startswith("on") or name == "style"}
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return "".join(self.texts)


def check(page: Page) -> None:
    """Nothing is fetched, and links go where they may."""
    for link in page.of("a"):
        address = link["href"] or ""
        if address.startswith("#m"):
            assert re.fullmatch("#m[0-9a-f]{64}", address)
        else:
            assert address.lower().startswith(("http://", "https://", "mailto:"))
            assert link["rel"] == "noopener noreferrer nofollow"
    for tag in ("img", "audio"):
        for one in page.of(tag):
            assert re.match("data:(image/(png|jpeg|webp|gif)|audio/(aac|amr));base64,", one["src"] or "")
    assert not {"script", "link", "iframe", "object", "base", "form"} & {tag for tag, _ in page.elements}


def test_the_page_has_everything_of_a_chat(chat: Written) -> None:
    hello = chat.say("hello *all* of **you** and ***me***, ~~not~~ `x = 1` #news https://a.example/?a=1&b=2")
    answer = chat.say(f"hi @{BOB.hex}", ME, answers=hello)
    chat.say("One\n===\n> a quote\n\n```\ncode <b>\n```\nand  \na line")
    chat.react(hello, ME)
    chat.react(hello, BOB)
    chat.attach(carried := chat.say("A picture: not shown", content_type=ContentType.IMAGE), small_picture())
    chat.say("\U0001f600", content_type=ContentType.EMOJI)
    chat.say("much later", at=START + 86_400_000)
    text = chat.down("html")
    page = Page(text)
    check(page)
    for marked in (
        "<em>all</em>", "<strong>you</strong>", "<strong><em>me</em></strong>", "<del>not</del>", "<code>x = 1</code>",
        '<span class="tag">#news</span>', "<h3>One</h3>", "<blockquote>a quote</blockquote>",
        "<pre><code>code &lt;b&gt;\n</code></pre>",
        '<a href="https://a.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow">https://a.example/?a=1&amp;b=2</a>',
        f'<span class="mention">@<bdi>{alias(BOB)}</bdi></span>',
        "\u2764\ufe0f 2</li>",
    ):  # fmt: skip
        assert marked in text
    assert [one["id"] for one in page.of("article")][:2] == [f"m{hello.id.hex()}", f"m{answer.id.hex()}"]
    assert f'<a class="answer" href="#m{hello.id.hex()}">' in text.replace(' rel="noopener noreferrer nofollow"', "")
    assert re.findall("<h2>(.*?)</h2>", text) == ["30 November 2020", "1 December 2020"]
    (shown,) = page.of("img")
    assert shown["src"] == "data:image/png;base64," + b64encode(small_picture()).decode()
    assert (shown["width"], shown["height"]) == ("8", "6")
    assert "A picture: not shown" not in page.text
    assert carried.text == "A picture: not shown"
    assert "6 messages, kept with pystatus." in page.text
    assert Page(chat.down("html", media=False)).of("img") == []


def test_its_policy_forbids_that_anything_is_fetched_or_run(chat: Written) -> None:
    page = Page(chat.down("html"))
    (policy,) = [one["content"] for one in page.of("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    style = b64encode(sha256(as_html.STYLE.encode()).digest()).decode()
    assert policy == (
        "default-src 'none'; img-src data:; media-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src 'sha256-{style}'"
    )
    assert f"<style>{as_html.STYLE}</style>" in chat.down("html")
    assert "http:" not in as_html.STYLE
    assert "url(" not in as_html.STYLE


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(chat: Written, text: str) -> None:
    hello = chat.say(text)
    chat.say(text, ME, answers=hello)
    page = Page(chat.down("html"))
    check(page)
    visible = re.findall(r"[a-z]{4,}", text)
    assert all(word in page.text for word in visible)
    assert not set(page.text) & set("\x1b\x00\u202e\U000e0001")


def test_a_link_of_which_something_cannot_be_seen_is_none(chat: Written) -> None:
    chat.say("https://a.example/\u202egnp.exe and https://b.example/x")
    assert [one["href"] for one in Page(chat.down("html")).of("a")] == ["https://b.example/x"]


def test_names_of_people_are_apart_from_the_text_around_them(chat: Written) -> None:
    source = chat.source()
    source._name_of = lambda _: "\u202e<b>evil\x1b[31m"
    chat.say(f"hello @{ME.hex}")
    text = "".join(as_html.pieces(source, 0))
    assert "<bdi>&lt;b&gt;evil</bdi>" in text
    check(Page(text))


@given(text=st.text(max_size=200), more=st.text(alphabet="*_~`>#<&\"'=\n h:/@[]()!", max_size=80))
def test_every_text_makes_a_whole_page(text: str, more: str) -> None:
    message = Message(bytes(32), "status", BOB, 1, START, START, 1, text + more, b"")

    class Named:
        @staticmethod
        def name(_: object) -> str:
            return "Bob"

    written = as_html._text(Named(), message)  # type: ignore[arg-type]
    check(Page(written))

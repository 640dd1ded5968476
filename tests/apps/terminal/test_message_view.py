"""The view of messages against a naive one: random operations, and nothing that is looked at moves."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from pystatus import Message, PrivateKey
from pystatus.apps.terminal.drawing import Drawing, plain_lines
from pystatus.apps.terminal.widgets.message_view import MessageView
from pystatus.faces.catalogue import texts_in
from pystatus.faces.timeline import Timeline

AUTHORS = [PrivateKey(number.to_bytes(32, "big")).public_key for number in (1, 2)]
NOON = 1_600_000_000_000


def message(number: int, text: str) -> Message:
    return Message(
        id=number.to_bytes(32, "big"),
        chat_id="status",
        author=AUTHORS[number // 3 % 2],
        clock=NOON + number * 20_000,
        sent_ms=NOON + number * 20_000,
        received_ms=NOON + number * 20_000,
        content_type=1,
        text=text,
        payload=b"",
    )


class Bench(App[None]):
    """The view alone."""

    def compose(self) -> ComposeResult:
        self.view = MessageView(Drawing(self.console, AUTHORS[0], texts_in(), lambda: date(2020, 9, 13)))
        yield self.view

    def show(self, timeline: Timeline, *, keep: bool = True) -> None:
        self.view.show(timeline.rows, older=timeline.has_older, newer=timeline.has_newer, keep=keep)

    def lines(self) -> list[str]:
        return plain_lines([self.view.render_line(y) for y in range(self.view.size.height)])

    def expected(self, timeline: Timeline) -> list[str]:
        """All lines, drawn without any memory."""
        drawing, width = self.view.drawing, self.view.size.width
        return plain_lines([line for row in timeline.rows for line in drawing.lines(row, width)])


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("scroll"), st.integers(-40, 40)),
        st.tuples(st.just("older"), st.integers(1, 30)),
        st.tuples(st.just("add"), st.integers(1, 5)),
        st.tuples(st.just("delete"), st.integers(0, 200)),
        st.tuples(st.just("end"), st.just(0)),
    ),
    max_size=12,
)
TEXT = st.text("abc \n漢🦊", min_size=1, max_size=120)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS, text=TEXT, width=st.integers(20, 90))
def test_what_is_looked_at_stays(steps: list[tuple[str, int]], text: str, width: int) -> None:
    async def run() -> None:
        app = Bench()
        async with app.run_test(size=(width, 18)) as pilot:
            timeline = Timeline("status")
            known = [message(number, text if number % 4 else "short") for number in range(300, 330)]
            timeline.show(known[::-1], has_older=True)
            app.show(timeline, keep=False)
            oldest, newest = 300, 330
            for step, count in steps:
                before = app.lines()
                follows = app.view.follows
                if step == "scroll":
                    app.view.scroll_lines(count)
                elif step == "end":
                    app.view.go_to_end()
                elif step == "older":
                    page = [message(number, text) for number in range(oldest - count, oldest)][::-1]
                    assert timeline.oldest is not None
                    timeline.add_older(timeline.oldest, page, has_older=True)
                    oldest -= count
                    app.show(timeline)
                elif step == "add":
                    timeline.add(message(number, text) for number in range(newest, newest + count))
                    newest += count
                    app.show(timeline)
                    if not follows:
                        assert app.lines() == before
                else:
                    timeline.delete([(count + 200).to_bytes(32, "big")])
                    app.show(timeline)
                    follows = False
                if step == "older" and not follows and not before[0].startswith(" ──"):
                    assert app.lines()[2:] == before[2:]
                shown, everything = app.lines(), app.expected(timeline)
                while shown and len(shown) > len(everything):
                    assert shown.pop(0) == ""
                places = [place for place in range(len(everything)) if everything[place:][: len(shown)] == shown]
                assert places
                if app.view.follows:
                    assert places[-1] == len(everything) - len(shown)
            await pilot.pause()

    asyncio.run(run())


@pytest.mark.parametrize("width", [12, 40, 120])
async def test_another_width_keeps_the_message_at_the_top(width: int) -> None:
    app = Bench()
    async with app.run_test(size=(80, 20)) as pilot:
        timeline = Timeline("status")
        timeline.show([message(number, f"message {number} " * 8) for number in range(200)][::-1], has_older=False)
        app.show(timeline, keep=False)
        app.view.scroll_lines(-300)
        await pilot.pause()
        top = app.view.visible_messages()[0]
        await pilot.resize_terminal(width, 20)
        await pilot.pause()
        assert app.view.visible_messages()[0] == top


async def test_long_messages_are_short_until_somebody_wants_all() -> None:
    app = Bench()
    async with app.run_test(size=(60, 40)) as pilot:
        timeline = Timeline("status")
        long = message(1, "\n".join(f"line {number}" for number in range(100)))
        timeline.show([long], has_older=False)
        app.show(timeline, keep=False)
        await pilot.pause()
        assert "more lines" in app.lines()[-1]
        app.view.drawing.extras.open.add(long.id)
        app.view.redraw()
        await pilot.pause()
        assert app.lines()[-1].strip() == "line 99"

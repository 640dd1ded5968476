"""The tour of the demo: it says what to try, and goes on when it was tried."""

from __future__ import annotations

from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.tour import TouringApp
from pystatus.faces.catalogue import texts_in
from pystatus.testing import Network
from tests.apps.terminal.playing import QUIET, Player, story

PATIENCE = 60
"""Seconds of the story. It takes no time on the clock of the machine, by which textual reckons when to look next."""


async def at_step(step: int, app: TouringApp, player: Player) -> None:
    """Wait until the tour is there."""
    for _ in range(PATIENCE):
        if app.step == step:
            return
        await player.settle(1)
    raise AssertionError(f"the tour is at step {app.step}, not {step}")


@story
async def test_each_step_is_over_when_it_was_tried(network: Network) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await alice.client.join("status")
    private = await alice.client.open_chat(bob.client.public_key)
    app = TouringApp(Face(alice.client, texts_in(), QUIET), "status", private.id)
    async with app.run_test(size=(90, 24), notifications=True) as pilot:
        player = Player(network, alice, pilot)
        await player.settle(1)
        assert "Tour 1/6" in str(app.line.render())
        await bob.say(alice, "not what was asked for")
        await player.settle(1)
        assert app.step == 1
        await player.write("hello")
        await at_step(2, app, player)
        assert "Alt-Down" in str(app.line.render())
        await player.press("alt+down")
        await at_step(3, app, player)
        await player.write("only for you")
        await at_step(4, app, player)
        await player.press("shift+tab", "up")
        await at_step(5, app, player)
        await player.press("ctrl+k")
        await at_step(6, app, player)
        await player.press("escape", "f1")
        await at_step(0, app, player)
        assert not app.line.display
        await player.press("escape")
        await player.write("and chatting goes on")
        assert bob.texts[-1] == "and chatting goes on"

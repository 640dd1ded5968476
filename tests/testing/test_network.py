"""People in memory do what people do, on a clock that the test moves."""

from __future__ import annotations

import asyncio

import pytest

from pystatus import Client, LocalError, MessageReceived, MessageState, ProfileInUse
from pystatus.client.client import MESSAGES_AT_ONCE
from pystatus.simulation.clock import START
from pystatus.testing import Conditions, Network, run
from pystatus.transport.sealing import TTL

HOUR = 3_600.0


def test_three_people_talk_in_public_and_alone() -> None:
    async def story(network: Network) -> None:
        alice, bob, carol = [await network.person(name) for name in ("alice", "bob", "carol")]
        for person in (alice, bob, carol):
            await person.client.join("news")
        in_public = await alice.say("news", "to all")
        receipt = await bob.say(alice, "to you")
        await network.wait(2)
        assert in_public.state is MessageState.SEEN
        assert (alice.texts, bob.texts, carol.texts) == (["to you"], ["to all"], ["to all"])
        assert receipt.state is MessageState.DELIVERED
        assert alice.messages[0].author == bob.client.public_key
        await alice.say(bob, "with the ratchet")
        await network.wait(2)
        assert (bob.texts[-1], bob.messages[-1].forward_secrecy) == ("with the ratchet", True)

    run(story)


def test_what_is_lost_is_repeated_and_what_comes_twice_is_told_once() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        texts = [f"number {number}" for number in range(20)]
        for text in texts:
            await alice.say(bob, text)
            await network.wait(10)
        await network.wait(12 * HOUR)
        assert sorted(bob.texts) == sorted(texts)
        faults = network.traffic
        assert min(faults.lost, faults.duplicated, faults.late) > 0

    run(story, Conditions(loss=0.4, duplicates=0.3, reorder=0.3), seed=3, limit=24 * HOUR)


def test_the_conditions_may_change() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        for person in (alice, bob):
            await person.client.join("news")
        network.conditions = Conditions(delay=4.0, jitter=0.0)
        await alice.say("news", "slowly")
        await network.wait(7.9)
        assert bob.texts == []
        await network.wait(0.2)
        assert bob.texts == ["slowly"]

    run(story)


def test_who_is_offline_gets_what_still_lives_and_what_is_repeated() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        for person in (alice, bob):
            await person.client.join("news")
        await bob.go_offline()
        await alice.say("news", "never heard")
        await network.wait(TTL + 2)
        await alice.say("news", "in time")
        await bob.go_online()
        await network.wait(1)
        assert bob.texts == ["in time"]
        await alice.go_offline()
        await alice.say(bob, "from the train")
        await network.wait(HOUR)
        assert bob.texts == ["in time"]
        await alice.go_online()
        await network.wait(60)
        assert bob.texts == ["in time", "from the train"]

    run(story)


def test_a_bot_that_sleeps_for_hours_wakes_at_its_time() -> None:
    """As its code is: asyncio.sleep in a handler."""

    async def story(network: Network) -> None:
        bot, alice = await network.person("bot"), await network.person("alice")

        @bot.client.on(MessageReceived)
        async def remind(event: MessageReceived) -> None:
            await asyncio.sleep(8 * HOUR)
            await bot.client.answer(event, "It is time.")

        await alice.say(bot, "remind me")
        await network.wait(7.9 * HOUR)
        assert alice.texts == []
        await network.wait(0.2 * HOUR)
        assert alice.texts == ["It is time."]
        assert alice.messages[0].sent_ms / 1_000 == pytest.approx(START + 8 * HOUR, abs=2)

    run(story)


def test_a_client_that_is_stopped_and_started_has_what_it_had() -> None:
    async def story(network: Network) -> None:
        alice = await network.person("alice")
        async with network.client("bot") as bot:
            key = bot.public_key
            await bot.wait_for_peer()
            await alice.client.open_chat(key)
            await alice.client.send_text(key.hex, "one")
            await network.wait(5)
        await alice.client.send_text(key.hex, "while it was away")
        await network.wait(HOUR)
        async with network.client("bot") as bot:
            assert bot.public_key == key
            await network.wait(2 * HOUR)
            texts = [message.text for message in bot.history(alice.client.chat_key)]
            assert texts == ["while it was away", "one"]

    run(story)


def test_one_person_has_one_client_at_a_time() -> None:
    async def story(network: Network) -> None:
        alice = await network.person("alice")
        with pytest.raises(ProfileInUse, match="Close it first"):
            await network.person("alice")
        await alice.client.close()
        again = await network.person("alice")
        assert again.client.public_key == alice.client.public_key

    run(story)


def test_what_the_story_returns_and_raises_comes_out() -> None:
    async def answer(network: Network) -> float:
        await network.wait(60)
        return network.clock.now()

    async def fails(network: Network) -> None:
        await network.person("alice")
        raise ZeroDivisionError

    assert run(answer) == START + 60
    with pytest.raises(ZeroDivisionError):
        run(fails)


def test_waiting_for_what_never_comes_ends() -> None:
    async def nobody_else(network: Network) -> None:
        await asyncio.Event().wait()

    async def with_people(network: Network) -> None:
        alice = await network.person("alice")
        async for _ in alice.client.events():
            pass

    with pytest.raises(LocalError, match="nothing is left that could happen"):
        run(nobody_else)
    with pytest.raises(LocalError, match="the limit of run"):
        run(with_people, limit=HOUR)


def test_nobody_outside_is_reached() -> None:
    async def story(network: Network) -> None:
        for connecting in (
            asyncio.open_connection("127.0.0.1", 80),
            asyncio.get_running_loop().create_connection(asyncio.Protocol, "127.0.0.1", 80),
        ):
            with pytest.raises(ConnectionRefusedError, match="this test"):
                await connecting
        alice = await network.person("alice")
        await alice.go_offline()
        with pytest.raises(TimeoutError):
            await alice.client.wait_for_peer(HOUR)

    run(story)


@pytest.mark.parametrize("conditions", [Conditions(corruption=0.1), Conditions(churn=0.1), Conditions(skew=1.0)])
def test_conditions_of_simulations_alone_are_refused(conditions: Conditions) -> None:
    async def story(network: Network) -> None:
        with pytest.raises(LocalError, match="leave corruption, churn and skew out"):
            network.conditions = conditions

    run(story)
    with pytest.raises(LocalError, match="leave corruption, churn and skew out"):
        run(story, conditions)


def test_a_client_in_memory_is_a_client() -> None:
    async def story(network: Network) -> type:
        return type((await network.person("alice")).client)

    assert run(story) is Client


async def echo(client: Client) -> None:
    """A bot as people write them: it opens its client, and waits for ever."""

    @client.on(MessageReceived)
    async def answer(event: MessageReceived) -> None:
        await client.answer(event, event.message.text)

    async with client:
        await client.run_forever()


def test_a_bot_runs_beside_the_test_and_is_stopped_and_started() -> None:
    async def story(network: Network) -> list[str]:
        alice, bot = await network.person("alice"), await network.bot("bot", echo)
        await alice.say(bot, "one")
        await network.wait(5)
        await bot.stop()
        with pytest.raises(LocalError, match="closed"):
            bot.client.chats()
        await alice.say(bot, "two")
        await network.wait(60)
        assert alice.texts == ["one"]
        again = await network.bot("bot", echo)
        assert again.client.public_key == bot.client.public_key
        await network.wait(600)
        return alice.texts

    assert run(story) == ["one", "two"]


def test_what_a_bot_raises_while_it_begins_its_start_raises() -> None:
    async def fails(client: Client) -> None:
        async with client:
            raise LocalError("Give another one.")

    async def story(network: Network) -> str:
        with pytest.raises(LocalError, match="Give another one"):
            await network.bot("bot", fails)
        return "on"

    assert run(story) == "on"


def test_what_a_bot_raises_later_ends_the_test_at_once() -> None:
    async def fails(client: Client) -> None:
        async with client:
            await asyncio.sleep(60)
            raise ZeroDivisionError

    async def story(network: Network) -> None:
        await network.bot("bot", fails)
        await asyncio.Event().wait()  # of what the bot would have done

    with pytest.raises(ZeroDivisionError):
        run(story)


def test_what_the_test_says_counts_more_than_a_bot_that_ends_with_it() -> None:
    async def story(network: Network) -> None:
        await network.bot("bot", echo)
        raise LookupError

    with pytest.raises(LookupError):
        run(story)


def test_a_person_is_stopped_as_well() -> None:
    async def story(network: Network) -> None:
        alice = await network.person("alice")
        await alice.stop()
        again = await network.person("alice")
        assert again.client.public_key == alice.client.public_key

    run(story)


def test_the_clock_of_a_client_is_that_of_the_test() -> None:
    async def story(network: Network) -> None:
        alice = await network.person("alice")
        await network.wait(HOUR)
        assert alice.client.now == network.clock.now() >= START + HOUR

    run(story)


def test_all_of_a_chat_is_read_newest_first_without_what_comes_meanwhile() -> None:
    async def story(network: Network) -> None:
        alice = await network.person("alice")
        await alice.client.join("news")
        for number in range(MESSAGES_AT_ONCE + 1):
            await alice.say("news", str(number))
        found: list[str] = []
        for message in alice.client.messages("news"):
            if not found:
                await alice.say("news", "meanwhile")
            found.append(message.text)
        assert found == [str(number) for number in reversed(range(MESSAGES_AT_ONCE + 1))]
        with pytest.raises(LocalError, match="There is no chat"):
            alice.client.messages("elsewhere")

    run(story)

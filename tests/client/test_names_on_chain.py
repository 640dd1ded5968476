"""``client.names`` with a chain: names are looked up, registered, changed and given back; and what is refused before
anything is signed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode

from pystatus import (
    Account,
    Client,
    LocalError,
    NameAction,
    NameDraft,
    Names,
    NameState,
    OwnName,
    OwnNamesChanged,
    Profiles,
    PublicKey,
    RemoteError,
    SentState,
    Wallet,
    WrongPassword,
)
from pystatus.account.address import checksummed
from pystatus.chain.endpoint import Endpoint, EndpointLimits
from pystatus.chain.failures import Silent, WrongChain
from pystatus.chain.names import ChainNames
from pystatus.crypto.keys import PrivateKey
from pystatus.devchain.chain import PHRASE
from pystatus.devchain.deployment import PRICE, give_name
from pystatus.ethereum import abi, names, registrar
from pystatus.ethereum.quantities import to_hex
from pystatus.ethereum.transactions import Payment
from tests.support.devchain import Chain, InMemory, chain_as_new

PASSWORD = "correct horse"
YEAR = 366 * 86_400
SOMEBODY = "0x5a5A5a5a5A5a5a5a5a5A5a5A5A5a5a5A5A5A5A5A"
OTHER_KEY = PrivateKey(b"\7" * 32).public_key
CONTENT = "ipfs://bafybeibj6lixxzqtsb45ysdjnupvqkufgdvzqbnvmhw2kf7cfkesy7r7d4"


@pytest.fixture
def chain() -> Iterator[Chain]:
    with chain_as_new() as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With Ann in it, whose recovery phrase is that of the chain's accounts."""
    Profiles(tmp_path).create(Account.from_mnemonic(PHRASE), PASSWORD, "ann")
    return tmp_path


def ann(folder: Path, chain: Chain, endpoint: Endpoint | None = None) -> Client:
    return Client.open(
        "ann",
        PASSWORD,
        data_dir=folder,
        state_dir=folder / "state",
        endpoint=endpoint or chain.endpoint(),
        registry=checksummed(chain.contracts.registry),
    )


def of(client: Client) -> Names:
    return client.feature(Names)


async def done(client: Client, draft: NameDraft) -> SentState:
    """What becomes of a draft that is sent."""
    sent = await of(client).send(draft, PASSWORD)
    found = {one.transaction.hash: one for one in await of(client).check()}
    return found[sent.transaction.hash].transaction.state


def registered_by(chain: Chain, index: int, username: str, key: PublicKey = OTHER_KEY) -> None:
    """Somebody has a name. Whether it breaks a rule is not asked here: other programs do not ask, either."""
    call = registrar.register_call(username, chain.address(index), key)
    signature = "approveAndCall(address,uint256,bytes)"
    paid = abi.call_data(signature, chain.contracts.registrar, PRICE, call)
    chain.transact(index, Payment(chain.contracts.token, 0, paid))


@pytest.mark.requirement("AC-8", "ET-7", "ET-12")
async def test_a_name_is_registered_changed_and_given_back_after_a_year(folder: Path, chain: Chain) -> None:
    async with ann(folder, chain) as client:
        told = client.events()
        offer = await of(client).search("Alicious")
        assert (offer.name, offer.state, offer.problem) == ("alicious.stateofus.eth", NameState.FREE, "")
        assert (offer.price, offer.symbol, offer.decimals) == (PRICE, "STT", 18)

        draft = await of(client).register("alicious")
        first = checksummed(chain.address(0))
        assert f"{first} registers the name “alicious.stateofus.eth” for a deposit of 10 STT" in draft.transaction.words
        assert f"to your chat key {client.chat_key}" in draft.transaction.words
        assert "The deposit stays for a year at least" in draft.transaction.warnings[0]
        assert draft.transaction.signing_phrase == client.feature(Wallet).signing_phrase()
        with pytest.raises(WrongPassword):
            await of(client).send(draft, "wrong horse")
        assert of(client).changes() == []
        assert await done(client, draft) is SentState.MINED
        with pytest.raises(LocalError, match="was sent already"):
            await of(client).send(draft, PASSWORD)

        mine = OwnName("alicious.stateofus.eth", chain.dev.chain_id, is_preferred=True)
        assert of(client).own() == (mine,)
        assert client.our_profile.get().ens_name == mine.name
        async with asyncio.timeout(5):
            assert [event async for event in _until(told, OwnNamesChanged)][-1] == OwnNamesChanged((mine,))
        found = await of(client).resolve("alicious")
        assert (found.address, found.chat_key, found.is_ours) == (first, client.public_key, True)
        assert (await of(client).search("alicious")).state is NameState.CONNECTED
        others = ChainNames(chain.endpoint(), chain.contracts.registry)  # what the client of somebody else asks
        assert await others.chat_key("alicious.stateofus.eth") == client.public_key

        assert await done(client, await of(client).set_address("alicious", SOMEBODY)) is SentState.MINED
        assert await done(client, await of(client).set_content("alicious", CONTENT)) is SentState.MINED
        found = await of(client).resolve("alicious")
        assert (found.address, found.content) == (SOMEBODY, CONTENT)
        assert await done(client, await of(client).set_content("alicious", "")) is SentState.MINED
        assert (await of(client).resolve("alicious")).content == ""

        with pytest.raises(LocalError, match=r"can be released in 36[56] days"):
            await of(client).release("alicious")
        chain.dev.pass_time(YEAR)
        chain.dev.mine()
        before = await _tokens(client)
        assert await done(client, await of(client).release("alicious")) is SentState.MINED
        assert await _tokens(client) - before == PRICE
        assert (of(client).own(), client.our_profile.get().ens_name) == ((), "")
        assert (await of(client).resolve("alicious")).owner is None
        assert [one.action for one in of(client).changes()] == [
            NameAction.RELEASE, NameAction.SET_CONTENT, NameAction.SET_CONTENT, NameAction.SET_ADDRESS,
            NameAction.REGISTER,
        ]  # fmt: skip


async def _until(events: Any, kind: type[Any]) -> Any:
    async for event in events:
        yield event
        if isinstance(event, kind):
            return


async def _tokens(client: Client, account: str | None = None) -> int:
    offer = await of(client).search("somethingelse", account)
    return int(offer.balance)


@pytest.mark.requirement("ET-8")
async def test_a_name_that_would_be_taken_away_is_refused_before_anybody_is_asked(folder: Path, chain: Chain) -> None:
    endpoint = chain.endpoint()
    async with ann(folder, chain, endpoint) as client:
        for name, rule in (
            ("abc", "too short"),
            ("ethereum", "reserved"),
            ("0x1234567890ab", "begins as an address"),
            ("al-ice", "other characters"),
        ):
            with pytest.raises(LocalError, match=f"would be taken away again, .*{rule}"):
                await of(client).register(name)
        assert endpoint.requests == 0
        for name in ("abc", "ethereum"):
            offer = await of(client).search(name)
            assert (offer.state, offer.price) == (NameState.REFUSED, 0)
        assert endpoint.requests == 1, "which chain it has"
        assert client.feature(Wallet).sent() == []


@pytest.mark.requirement("EI-6")
async def test_what_is_no_name_or_somebody_elses(folder: Path, chain: Chain) -> None:
    registered_by(chain, 1, "bobsname")
    async with ann(folder, chain) as client:
        with pytest.raises(LocalError, match=r"This is no ENS name: .*confusing"):
            await of(client).resolve("\u0440\u0430ypal.eth")
        with pytest.raises(LocalError, match="This is no ENS name"):
            await of(client).register("\u0430licious")
        nobody = await of(client).resolve("nobodyhasit")
        assert (nobody.owner, nobody.chat_key, nobody.problems) == (None, None, ())
        assert (await of(client).search("bobsname")).state is NameState.TAKEN
        with pytest.raises(LocalError, match="belongs to somebody else"):
            await of(client).register("bobsname")
        bob = checksummed(chain.address(1))
        for refused in (
            of(client).connect("bobsname"),
            of(client).set_address("bobsname", SOMEBODY),
            of(client).release("bobsname"),
            of(client).take_over("bobsname"),
        ):
            with pytest.raises(LocalError, match=f"belongs to {bob}|can be released in"):
                await refused
        with pytest.raises(LocalError, match="is given elsewhere"):
            await of(client).register("alice.eth")
        offer = await of(client).search("alice.eth")
        assert (offer.state, "is given elsewhere" in offer.problem) == (NameState.FREE, True)
        with pytest.raises(LocalError, match="is not one of the names that Status gives"):
            await of(client).release("alice.eth")
        with pytest.raises(LocalError, match="Nobody has registered"):
            await of(client).connect("nobodyhasit")
        with pytest.raises(LocalError, match="does not lead to your chat key"):
            await of(client).add("bobsname")
        with pytest.raises(LocalError, match="no content of a name"):
            await of(client).set_content("bobsname", "https://example.org")


async def test_who_has_not_enough_of_the_token_is_told_what_it_costs(folder: Path, chain: Chain) -> None:
    poor = Payment(chain.contracts.token, 0, abi.call_data("transfer(address,uint256)", chain.address(0), 995 * 10**18))
    chain.transact(1, poor)
    async with ann(folder, chain) as client:
        second = await client.feature(Wallet).derive(PASSWORD, "Second")
        assert second.address == chain.address(1)
        with pytest.raises(LocalError, match=r"The name costs 10 STT, and .* has 5\. Receive some first"):
            await of(client).register("alicious", "Second")
        watched = await client.feature(Wallet).watch(checksummed(chain.address(2)), "Shop")
        draft = await of(client).register("alicious", watched.shown_address)
        with pytest.raises(LocalError, match="only watched"):
            await of(client).send(draft, PASSWORD)


async def test_of_two_who_want_a_name_the_slower_one_loses_nothing_but_the_fee(folder: Path, chain: Chain) -> None:
    """The node of the slower one was behind when the name was looked up."""
    async with ann(folder, chain) as client:
        draft = await of(client).register("alicious")
        before = await _tokens(client)
        registered_by(chain, 1, "alicious")
        assert await done(client, draft) is SentState.FAILED
        assert of(client).own() == ()
        assert await _tokens(client) == before
        assert (await of(client).search("alicious")).state is NameState.TAKEN


@pytest.mark.requirement("ET-7")
async def test_a_name_that_was_given_to_us_is_taken_over_and_leads_to_us(folder: Path, chain: Chain) -> None:
    registered_by(chain, 1, "handover")
    node = names.namehash("handover.stateofus.eth")
    give = abi.call_data("setOwner(bytes32,address)", node, chain.address(0))
    chain.transact(1, Payment(chain.contracts.registry, 0, give))
    async with ann(folder, chain) as client:
        assert (await of(client).search("handover")).state is NameState.OTHER_KEY
        with pytest.raises(LocalError, match="is yours already"):
            await of(client).register("handover")
        assert await done(client, await of(client).take_over("handover")) is SentState.MINED
        with pytest.raises(LocalError, match="knows already"):
            await of(client).take_over("handover")
        assert await done(client, await of(client).connect("handover")) is SentState.MINED
        assert [one.name for one in of(client).own()] == ["handover.stateofus.eth"]
        with pytest.raises(LocalError, match="leads to your chat key already"):
            await of(client).connect("handover")


@pytest.mark.requirement("ET-9")
@pytest.mark.parametrize("username", ["abc", "ethereum", "0x1234567890ab", "al\u0130ce"])
async def test_a_name_that_breaks_a_rule_is_taken_away_in_two_steps(folder: Path, chain: Chain, username: str) -> None:
    registered_by(chain, 2, username)
    async with ann(folder, chain) as client:
        await client.feature(Wallet).derive(PASSWORD, "Second")  # the first one is the controller, who gets the rest
        with pytest.raises(LocalError, match="Reserve it first"):
            await of(client).slash(username, "Second")
        first = await of(client).reserve_slash(username, "Second")
        assert username not in first.transaction.words
        assert await done(client, first) is SentState.MINED
        with pytest.raises(RemoteError, match="already reserved"):
            await of(client).reserve_slash(username, "Second")
        before = await _tokens(client, "Second")
        assert await done(client, await of(client).slash(username, "Second")) is SentState.MINED
        assert await _tokens(client, "Second") - before == PRICE // 3 * 2
        with pytest.raises(LocalError, match="Nobody has registered this name"):
            await of(client).slash(username)
        with pytest.raises(LocalError, match="breaks no rule"):
            await of(client).reserve_slash("alicious")


async def test_names_of_our_own(folder: Path, chain: Chain) -> None:
    async with ann(folder, chain) as client:
        for username in ("firstname", "secondname"):
            registered_by(chain, 1, username, client.public_key)
            await of(client).add(username)
        assert [(one.name.partition(".")[0], one.is_preferred) for one in of(client).own()] == [
            ("firstname", True),
            ("secondname", False),
        ]
        assert (await of(client).add("firstname")).is_preferred, "it is there already"
        await of(client).prefer("secondname")
        assert client.our_profile.get().ens_name == "secondname.stateofus.eth"
        await of(client).remove("secondname")
        assert client.our_profile.get().ens_name == "firstname.stateofus.eth"
        await of(client).prefer("")
        assert client.our_profile.get().ens_name == ""
        with pytest.raises(LocalError, match="none of your names"):
            await of(client).prefer("thirdname")
    async with ann(folder, chain) as client:
        assert [one.name for one in of(client).own()] == ["firstname.stateofus.eth"]


@pytest.mark.requirement("EI-9")
async def test_the_name_of_an_address_counts_only_if_it_leads_back(folder: Path, chain: Chain) -> None:
    registered_by(chain, 1, "bobsname")
    _say_name(chain, 1, "bobsname.stateofus.eth")
    _say_name(chain, 2, "bobsname.stateofus.eth")
    _say_name(chain, 3, "\u0440\u0430ypal.eth")
    async with ann(folder, chain) as client:
        assert await of(client).reverse(checksummed(chain.address(1))) == "bobsname.stateofus.eth"
        for index in (2, 3, 4):
            assert await of(client).reverse(checksummed(chain.address(index))) is None
        with pytest.raises(LocalError, match="An Ethereum address is"):
            await of(client).reverse("0x12")


def _say_name(chain: Chain, index: int, name: str) -> None:
    """An account gives itself a name."""
    own = chain.address(index)
    give_name(chain.dev, chain.keys[0], chain.contracts.registry, "addr.reverse", own.hex(), own)
    node = names.namehash(f"{own.hex()}.addr.reverse")
    resolver = abi.call_data("setResolver(bytes32,address)", node, chain.contracts.resolver)
    chain.transact(index, Payment(chain.contracts.registry, 0, resolver))
    chain.transact(index, Payment(chain.contracts.resolver, 0, abi.call_data("setName(bytes32,string)", node, name)))


class Lying(InMemory):
    """A node with a resolver that says what a test wants."""

    def __init__(self, chain: Chain, answers: dict[str, str]) -> None:
        super().__init__(chain.methods)
        self._answers = {to_hex(abi.selector(signature)): said for signature, said in answers.items()}

    async def exchange(self, body: bytes) -> bytes:
        asked, said = json.loads(body), json.loads(await super().exchange(body))
        for question, answer in zip(*(one if isinstance(one, list) else [one] for one in (asked, said)), strict=True):
            if question["method"] == "eth_call":
                lie = self._answers.get(question["params"][0]["data"][:10])
                if lie is not None:
                    answer["result"] = lie
        return json.dumps(said).encode()


def lying(chain: Chain, **answers: str) -> Endpoint:
    return Endpoint(
        "http://liar.test", transport=Lying(chain, {f"{name}(bytes32)": one for name, one in answers.items()})
    )


@pytest.mark.requirement("AC-17")
@pytest.mark.parametrize(
    ("record", "said", "problem"),
    [
        ("pubkey", "0x" + "11" * 64, "no public key"),
        ("pubkey", "0x" + "11" * 32, "half a public key"),
        ("pubkey", "0x11", "no whole number of words"),
        ("pubkey", "nonsense", "no hexadecimal text"),
        ("addr", "0x" + "ff" * 32, "an address of more than 20 bytes"),
        ("contenthash", "0x" + "ff" * 64, "something else than it should"),
        ("contenthash", to_hex(encode(["bytes"], [b"\x01" * 70_000])), "more than 65536 bytes"),
    ],
)
async def test_a_resolver_that_lies(folder: Path, chain: Chain, record: str, said: str, problem: str) -> None:
    """What cannot be is told and left out; the other records count, and nobody is called so."""
    registered_by(chain, 1, "bobsname")
    async with ann(folder, chain, lying(chain, **{record: said})) as client:
        found = await of(client).resolve("bobsname")
        assert problem in " ".join(found.problems)
        assert found.owner == checksummed(chain.address(1))
        assert (found.chat_key is None) == (record == "pubkey")
        assert (found.address is None) == (record == "addr")
        assert not found.is_ours


async def test_a_registrar_that_lies_gets_no_signature(folder: Path, chain: Chain) -> None:
    root = registrar.reserved_root()
    dear = Lying(chain, {"price()": "0x" + "ff" * 32})
    other = Lying(chain, {"reservedUsernamesMerkleRoot()": to_hex(bytes(reversed(root)))})
    closed = Lying(chain, {"state()": "0x" + "02".rjust(64, "0")})
    for transport, problem in (
        (dear, "The name costs"),
        (other, "another list of reserved names"),
        (closed, "takes no names any more"),
    ):
        async with ann(folder, chain, Endpoint("http://liar.test", transport=transport)) as client:
            with pytest.raises(LocalError, match=problem):
                await of(client).register("alicious")
            assert client.feature(Wallet).sent() == []
    async with ann(folder, chain, Endpoint("http://liar.test", transport=closed)) as client:
        offer = await of(client).search("alicious")
        assert (offer.state, "takes no names any more" in offer.problem) == (NameState.REFUSED, True)


class Hanging:
    """A node that never answers."""

    async def exchange(self, body: bytes) -> bytes:
        await asyncio.Event().wait()
        raise AssertionError

    async def close(self) -> None:
        pass


async def test_endpoints_that_cannot_be_asked(folder: Path, chain: Chain) -> None:
    limits = EndpointLimits(answer_seconds=0.01, attempts=1)
    silent = Endpoint("http://silent.test", transport=Hanging(), limits=limits)
    another = Endpoint("http://other.test", chain_id=1, transport=InMemory(chain.methods))
    attempts: list[Callable[[Names], Any]] = [
        lambda it: it.resolve("alicious"),
        lambda it: it.search("alicious"),
        lambda it: it.reverse(SOMEBODY),
        lambda it: it.register("alicious"),
        lambda it: it.release("alicious"),
    ]
    for endpoint, failure in ((silent, Silent), (another, WrongChain)):
        async with ann(folder, chain, endpoint) as client:
            for attempt in attempts:
                with pytest.raises(failure):
                    await attempt(of(client))
    async with Client.open("ann", PASSWORD, data_dir=folder, state_dir=folder / "state") as client:
        for attempt in attempts:
            with pytest.raises(LocalError, match="No node of Ethereum is named"):
                await attempt(of(client))


async def test_a_faster_transaction_in_its_place_does_the_same_to_the_name(folder: Path, chain: Chain) -> None:
    chain.dev.mines_at_once = False
    async with ann(folder, chain) as client:
        sent = await of(client).send(await of(client).register("alicious"), PASSWORD)
        wallet = client.feature(Wallet)
        faster = await wallet.send(await wallet.draft_speed_up(sent.transaction.hash), PASSWORD)
        chain.dev.mine()
        found = {one.transaction.hash: one for one in await of(client).check()}
        assert (found[faster.hash].action, found[faster.hash].name) == (sent.action, sent.name)
        assert found[faster.hash].transaction.state is SentState.MINED
        assert [one.name for one in of(client).own()] == ["alicious.stateofus.eth"]

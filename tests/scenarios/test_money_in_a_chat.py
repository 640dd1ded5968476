"""Two people, a relay and a chain: names are proven, and money that is asked for in a chat is sent and verified."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pystatus.account.address import address_of, checksummed
from pystatus.chain.names import ChainNames
from pystatus.chain.transactions import ChainTransactions
from pystatus.chain.wallet import Wallet
from pystatus.client.features.names import Names
from pystatus.client.features.our_profile import OurProfile
from pystatus.client.features.transactions import AnnouncementState, Transactions
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.ethereum import abi, names, registrar
from pystatus.ethereum.quantities import to_hex
from pystatus.ethereum.signing import KeySigner
from pystatus.ethereum.transactions import Payment
from pystatus.messenger.announcements import ROUND
from pystatus.testing import Network, Person, run
from tests.support.devchain import Chain, chain_as_new

PRICE = 3 * 10**17


@pytest.fixture
def chain() -> Iterator[Chain]:
    with chain_as_new() as made:
        yield made


def of(person: Person) -> Transactions:
    return person.client.feature(Transactions)


async def pay(chain: Chain, index: int, payment: Payment) -> str:
    """The hash of a payment that a wallet has made."""
    async with chain.endpoint() as endpoint:
        wallet = Wallet(endpoint)
        draft = await wallet.draft(chain.address(index), payment)
        return to_hex((await wallet.send(draft, KeySigner(chain.keys[index]))).hash)


@pytest.mark.requirement("PL-24", "ET-17")
@pytest.mark.parametrize("is_token", [False, True], ids=["ether", "token"])
def test_a_payment_is_asked_for_sent_and_verified(chain: Chain, is_token: bool) -> None:
    contract = chain.contracts.token if is_token else b""
    payee = PrivateKey(b"\x0b" * 32)
    to = address_of(payee.public_key)

    async def story(network: Network) -> None:
        verifying = ChainTransactions(chain.endpoint(), confirmations=2)
        alice, bob = await network.person("alice"), await network.person("bob", chain=verifying)
        chat = await bob.client.open_chat(alice.client.public_key)
        token = checksummed(contract) if contract else ""
        await of(bob).request_payment(chat, PRICE, token, checksummed(to))
        await network.wait(2)
        (asked,) = of(alice).all()
        if is_token:
            call = abi.call_data("transfer(address,uint256)", to, PRICE)
            payment = Payment(contract, 0, call)
        else:
            payment = Payment(to, PRICE)
        paid = await pay(chain, 1, payment)
        await of(alice).announce(asked, paid, wallet=chain.keys[1])
        await network.wait(ROUND + 5)
        (announced,) = of(bob).announcements()
        assert announced.state is AnnouncementState.UNVERIFIED, "one block is not enough"
        chain.dev.mine()
        await network.wait(2 * ROUND)
        assert bob.texts == ["Transaction received"]
        (received,) = of(bob).all(chat)
        assert (received.value, received.contract, received.as_asked) == (PRICE, token, True)

    run(story)


@pytest.mark.requirement("PL-24")
@pytest.mark.parametrize("what", ["ether for a token", "another token", "too far away", "somebody else's", "it failed"])
def test_a_payment_that_is_none(chain: Chain, what: str) -> None:
    payee = PrivateKey(b"\x0b" * 32)
    to = address_of(payee.public_key)
    asks_token = what in ("ether for a token", "it failed")

    async def story(network: Network) -> None:
        verifying = ChainTransactions(chain.endpoint(), confirmations=1)
        alice, bob = await network.person("alice"), await network.person("bob", chain=verifying)
        chat = await bob.client.open_chat(alice.client.public_key)
        token = checksummed(chain.contracts.token) if asks_token else ""
        await of(bob).request_payment(chat, PRICE, token, checksummed(to))
        await network.wait(2)
        (asked,) = of(alice).all()
        call = abi.call_data("transfer(address,uint256)", to, PRICE)
        payment = {
            "another token": Payment(chain.contracts.token, 0, call),
            "too far away": Payment(b"\x5a" * 20, PRICE),
            "it failed": Payment(chain.contracts.token, 0, abi.call_data("transfer(address,uint256)", to, 10**30)),
        }.get(what, Payment(to, PRICE))
        paid = to_hex(chain.transact(1, payment))
        await of(alice).announce(asked, paid, wallet=chain.keys[2 if what == "somebody else's" else 1])
        await network.wait(2 * ROUND)
        (announced,) = of(bob).announcements()
        assert announced.state is AnnouncementState.REFUSED
        assert bob.texts == []

    run(story)


@pytest.mark.requirement("AC-8", "ET-6", "PL-23")
def test_a_name_is_registered_and_seen_as_verified(chain: Chain) -> None:
    """Alice registers a name for her chat key; Bob's client reads it from the chain. Carol claims it, too."""

    async def story(network: Network) -> None:
        resolver = ChainNames(chain.endpoint(), chain.contracts.registry)
        bob = await network.person("bob", names=resolver)
        alice, carol = await network.person("alice"), await network.person("carol")
        key = alice.client.public_key
        async with chain.endpoint() as endpoint:
            terms = await endpoint.carry_out(registrar.terms_of(chain.contracts.registrar))
        await pay(chain, 1, registrar.register(chain.contracts.registrar, terms, "alicious", chain.address(1), key))
        assert await resolver.address("alicious") == chain.address(1)
        for person in (alice, carol):
            await person.client.feature(OurProfile).set_name("alicious.stateofus.eth")
            await person.say(bob, "it is me")
        await network.wait(120)
        shown = bob.client.feature(Names)
        assert shown.of(key).name == "@alicious"
        assert shown.of(carol.client.public_key).name != "@alicious"

    run(story)


@pytest.mark.requirement("ET-6")
async def test_names_that_lead_nowhere(chain: Chain) -> None:
    resolver = ChainNames(chain.endpoint(), chain.contracts.registry)
    assert await resolver.chat_key("nobody.stateofus.eth") is None
    assert await resolver.chat_key("Alice.stateofus.eth") is None  # not in its normal form
    assert await resolver.chat_key("\u0440\u0430ypal.eth") is None
    assert await resolver.name(chain.address(1)) is None
    with pytest.raises(names.NoName, match="nobody has registered"):
        await resolver.address("nobody")
    with pytest.raises(LocalError, match="No registry of ENS is known on the chain 1337"):
        await ChainNames(chain.endpoint()).chat_key("alice.eth")

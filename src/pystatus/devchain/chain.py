"""The chain itself: accounts with money, transactions that wait or are mined, snapshots and time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import field
from typing import Any

from pystatus.account.address import address_of
from pystatus.account.hd import ExtendedKey, wallet_path
from pystatus.account.mnemonic import seed
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import library_missing
from pystatus.records import dataclass

CHAIN_ID = 1337
"""The chain id of chains that are nobody's."""
PHRASE = "test test test test test test test test test test test junk"
"""The recovery phrase of its accounts, which other chains for tests use, too. Everybody knows it."""
ACCOUNTS = 10
"""Accounts that have money from the beginning."""
FUNDS = 10_000 * 10**18
"""Wei of each."""
RAISE_PERCENT = 10
"""By so much a transaction raises its fee to take the place of one that waits, as nodes ask for."""
MAX_WAITING = 1_000
"""Transactions that wait to be mined."""
CALL_GAS = 30_000_000
"""Gas of a call that is answered and not mined: as much as a block has."""

Clock = Callable[[], float]


class ChainRefuses(Exception):
    """The chain does not do what it is asked for; the words are those of nodes."""

    def __init__(self, message: str, data: bytes | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.data = data


def accounts() -> list[PrivateKey]:
    """The keys of the accounts with money."""
    root = ExtendedKey.from_seed(seed(PHRASE))
    return [root.derive(wallet_path(index)).key for index in range(ACCOUNTS)]


@dataclass
class Waiting:
    """A transaction that is not mined yet."""

    raw: bytes
    sender: bytes
    nonce: int
    price: int
    cost: int


@dataclass(frozen=True)
class Snapshot:
    """The chain as it was."""

    block: bytes
    waiting: dict[tuple[bytes, int], Waiting] = field(default_factory=dict)


class DevChain:
    """Blocks in memory. A transaction is mined at once, unless ``mines_at_once`` is off: then they wait."""

    def __init__(self, *, chain_id: int = CHAIN_ID, clock: Clock = time.time) -> None:
        """
        :param clock: Unix seconds; a block is at least one second younger than the one before.
        :raises LocalError: the library is not installed.
        """
        try:
            from eth_tester import PyEVMBackend
        except ModuleNotFoundError as error:
            if error.name != "eth_tester":
                raise
            raise library_missing("The embedded chain", "eth-tester[py-evm]") from error
        self.keys = accounts()
        state = {
            address_of(key.public_key): {"balance": FUNDS, "nonce": 0, "code": b"", "storage": {}} for key in self.keys
        }
        genesis = PyEVMBackend.generate_genesis_params({"timestamp": int(clock())})
        self._backend = PyEVMBackend(genesis_parameters=genesis, genesis_state=state)
        type(self._backend.chain).chain_id = chain_id
        self.chain_id = chain_id
        self.mines_at_once = True
        self._clock = clock
        self._ahead = 0.0
        """Seconds by which its time is ahead of the clock."""
        self.waiting: dict[tuple[bytes, int], Waiting] = {}
        self.files: dict[str, bytes] = {}
        """Blocks of IPFS that are served beside it, by their ids."""
        self.head_changed: Callable[[], None] = lambda: None

    @property
    def evm(self) -> Any:
        """py-evm's chain."""
        return self._backend.chain

    @property
    def backend(self) -> Any:
        """eth-tester's backend."""
        return self._backend

    @property
    def height(self) -> int:
        """The number of the newest block."""
        return int(self.evm.get_canonical_head().block_number)

    @property
    def now(self) -> int:
        """The time of the chain, Unix seconds."""
        return int(self._clock() + self._ahead)

    def pass_time(self, seconds: float) -> None:
        """Make the next block so much younger."""
        self._ahead += seconds

    def mine(self, count: int = 1) -> None:
        """Make blocks; the first of them has what waits and can be mined."""
        for _ in range(count):
            self.evm.header = self._next_header()  # before anything is executed: contracts ask for the time
            for waiting in self._executable():
                self._backend.send_raw_transaction(waiting.raw)
                del self.waiting[waiting.sender, waiting.nonce]
            self._backend.mine_blocks(1)
        self.head_changed()

    def _next_header(self) -> Any:
        """The header of the block that is mined next."""
        head = self.evm.get_canonical_head()
        return self.evm.header.copy(timestamp=max(self.now, head.timestamp + 1))

    def send(self, raw: bytes) -> bytes:
        """Take a signed transaction; its hash.

        :raises ChainRefuses: it does not fit.
        """
        transaction = self._decoded(raw)
        sender, nonce = bytes(transaction.sender), int(transaction.nonce)
        price = int(getattr(transaction, "max_fee_per_gas", 0) or transaction.gas_price)
        cost = int(transaction.value) + int(transaction.gas) * price
        own, place = self._backend.get_nonce(sender), (sender, nonce)
        if nonce < own:
            raise ChainRefuses(f"nonce too low: next nonce {own}, tx nonce {nonce}")
        before = self.waiting.get(place)
        if before is not None and before.raw == raw:
            raise ChainRefuses("already known")
        if before is not None and price * 100 < before.price * (100 + RAISE_PERCENT):
            raise ChainRefuses("replacement transaction underpriced")
        if cost > self._backend.get_balance(sender):
            raise ChainRefuses("insufficient funds for gas * price + value")
        if price < self._backend.get_base_fee() and self.mines_at_once:
            raise ChainRefuses("max fee per gas less than block base fee")
        if len(self.waiting) >= MAX_WAITING:
            raise ChainRefuses("txpool is full")
        self.waiting[place] = Waiting(raw, sender, nonce, price, cost)
        if self.mines_at_once:
            self.mine()
        return bytes(transaction.hash)

    def pending_nonce(self, account: bytes) -> int:
        """The nonce behind everything that waits of an account without a gap."""
        nonce = int(self._backend.get_nonce(account))
        while (account, nonce) in self.waiting:
            nonce += 1
        return nonce

    def snapshot(self) -> Snapshot:
        """The chain as it is, to come back to."""
        return Snapshot(self._backend.take_snapshot(), dict(self.waiting))

    def revert(self, snapshot: Snapshot) -> None:
        """Undo all blocks since, as a reorganisation does."""
        self._backend.revert_to_snapshot(snapshot.block)
        self.waiting = dict(snapshot.waiting)
        self.head_changed()

    def call(self, sender: bytes, to: bytes | None, data: bytes, value: int, number: int) -> bytes:
        """What a contract returns, in the state after a block.

        :raises ChainRefuses: it fails; with what it says.
        """
        from eth.exceptions import VMError
        from eth.vm.spoof import SpoofTransaction

        header = self.evm.get_canonical_block_header_by_number(number)
        transaction = self._unsigned(sender, to, data, value, CALL_GAS, number)
        try:
            state = self.evm.get_vm(at_header=header.copy(base_fee_per_gas=0)).state
            computation = state.costless_execute_transaction(SpoofTransaction(transaction, from_=sender))
            computation.raise_if_error()
        except VMError as error:
            raise reverted(error) from error
        return bytes(computation.output)

    def estimate(self, sender: bytes, to: bytes | None, data: bytes, value: int) -> int:
        """How much gas a transaction takes.

        :raises ChainRefuses: it would fail.
        """
        from eth.exceptions import VMError
        from eth.vm.spoof import SpoofTransaction
        from eth_utils.exceptions import ValidationError

        if value > self._backend.get_balance(sender):
            raise ChainRefuses("insufficient funds for transfer")
        transaction = self._unsigned(sender, to, data, value, 21_000, self.height)
        try:
            free = self._next_header().copy(base_fee_per_gas=0)
            state = self.evm.get_vm(at_header=free).state
            return int(self.evm.gas_estimator(state, SpoofTransaction(transaction, from_=sender)))
        except VMError as error:
            raise reverted(error) from error
        except ValidationError as error:
            raise ChainRefuses(str(error)) from error

    def _unsigned(self, sender: bytes, to: bytes | None, data: bytes, value: int, gas: int, number: int) -> Any:
        builder = self.evm.get_transaction_builder()
        price = self._backend.get_base_fee(number) if number else 0
        return builder.create_unsigned_transaction(
            nonce=int(self._backend.get_nonce(sender, number)),
            gas_price=price,
            gas=gas,
            to=to or b"",
            value=value,
            data=data,
        )

    def _decoded(self, raw: bytes) -> Any:
        try:
            transaction = self.evm.get_transaction_builder().decode(raw)
            transaction.validate()
            sender = transaction.sender
        except Exception as error:  # whatever the decoder says of bytes that are no transaction
            raise ChainRefuses(f"invalid transaction: {error}") from error
        if transaction.chain_id != self.chain_id or not sender:
            raise ChainRefuses(f"invalid chain id for signer: have {transaction.chain_id} want {self.chain_id}")
        return transaction

    def _executable(self) -> list[Waiting]:
        """What waits without a gap and can pay the base fee, in the order of the nonces."""
        found: list[Waiting] = []
        base_fee = self._backend.get_base_fee()
        for sender in {sender for sender, _ in self.waiting}:
            nonce = int(self._backend.get_nonce(sender))
            while (one := self.waiting.get((sender, nonce))) is not None and one.price >= base_fee:
                found.append(one)
                nonce += 1
        for place in [one for one in self.waiting if one[1] < self._backend.get_nonce(one[0])]:
            del self.waiting[place]
        return found


def reverted(error: Exception) -> ChainRefuses:
    """What nodes say of a call that fails: the reason, where the contract gives one."""
    if not error.args or not isinstance(error.args[0], bytes):
        return ChainRefuses(f"execution fails: {error}")
    said = error.args[0]
    if said[:4] == bytes.fromhex("08c379a0") and len(said) >= 68:
        size = int.from_bytes(said[36:68], "big")
        return ChainRefuses(f"execution reverted: {said[68 : 68 + size].decode('utf-8', 'replace')}", said)
    return ChainRefuses("execution reverted", said)

"""One node of Ethereum, of which plans are asked: in batches, a few at a time, each with a time of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import msgspec

from pystatus.chain.endpoint_url import EndpointUrl
from pystatus.chain.failures import EndpointFailed, Nonsense, NotJson, PerhapsSent, Silent, WrongChain
from pystatus.chain.transports import Transport, transport_to
from pystatus.errors import RemoteError
from pystatus.ethereum import sending
from pystatus.ethereum.plan import Plan, Question, Refusal
from pystatus.ethereum.quantities import BadAnswer
from pystatus.net.route import DIRECT, Route
from pystatus.wire.json_items import most_items

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]

HEAVY = {"eth_getBlockByNumber": 10, "eth_getLogs": 25}
"""So much do some questions weigh in a batch, whose answers are long."""
MAX_ITEMS = 1_000_000
"""Values in one answer. Ours: ten full blocks of mainnet, each of two thousand transactions with 25 fields, have half
as many, and so have the four times ten thousand logs that one batch may bring."""
MAX_ANSWERS = 64 << 20
"""Bytes of the answers to questions that a plan asks together. Ours: forty full blocks of mainnet, the most of them,
have some forty million."""
MAX_ITEMS_TOGETHER = 4 * MAX_ITEMS
"""Values in those answers. Ours: the same forty blocks have half as many."""
LONGEST_QUOTE = 4_096
"""Characters that are looked at of what a node says in words; fewer are repeated. Ours."""
SEND = "eth_sendRawTransaction"
"""What is not asked a second time when no answer came: it may have been done."""


@dataclass(frozen=True, slots=True)
class EndpointLimits:
    """How a node is asked. Ours, but for the time of an answer (ethereum.md §3.1)."""

    answer_seconds: float = 20.0
    attempts: int = 3
    """Of a question, where the reason of a failure may pass."""
    pause_seconds: float = 0.5
    """Before the second attempt; twice as long before each further one."""
    parallel: int = 8
    """Requests that are under way at a time."""
    batch: int = 100
    """What the questions of one request weigh together."""


class _Error(msgspec.Struct):
    code: int = 0
    message: str = ""
    data: Any = None


class _Answer(msgspec.Struct):
    id: Any = None
    result: Any = msgspec.UNSET
    error: _Error | None = None


_Said: TypeAlias = list[_Answer] | _Answer
_DECODER: msgspec.json.Decoder[_Said] = msgspec.json.Decoder(_Said)


class _Brought:
    """What the answers to questions that are asked together have brought so far."""

    __slots__ = ("_bytes", "_items", "_where")

    def __init__(self, where: EndpointUrl) -> None:
        self._where = where
        self._bytes = 0
        self._items = 0

    def check(self, said: bytes) -> None:
        """One answer more, before anything of it is read.

        :raises Nonsense: it is too much, by itself or with the others.
        """
        items = most_items(said)
        self._bytes += len(said)
        self._items += items
        if items > MAX_ITEMS or self._items > MAX_ITEMS_TOGETHER:
            raise Nonsense(self._where, "what it says is made of millions of little things")
        if self._bytes > MAX_ANSWERS:
            raise Nonsense(self._where, f"its answers to one list of questions have more than {MAX_ANSWERS >> 20} MiB")


class Endpoint:
    """``async with Endpoint(url, chain_id=1) as endpoint: balance = await endpoint.carry_out(plan)``."""

    def __init__(
        self,
        url: EndpointUrl | str,
        *,
        chain_id: int | None = None,
        route: Route = DIRECT,
        limits: EndpointLimits = EndpointLimits(),
        transport: Transport | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """
        :param chain_id: that it has to be a node of; ``None``: of any.
        :param transport: carries the questions, in place of HTTP or a WebSocket.
        """
        self.url = url if isinstance(url, EndpointUrl) else EndpointUrl.parse(url)
        self._wanted = chain_id
        self._limits = limits
        self._route = route
        self._transport = transport
        """``None`` until something is asked: an endpoint is made before there is an event loop, too."""
        self._sleep = sleep
        # over a WebSocket one after the other, so that the time of an answer begins when it is asked for
        self._places = asyncio.Semaphore(1 if self.url.is_web_socket else limits.parallel)
        self._takes_batches = True
        self._last_id = 0
        self._chain_id: int | None = None
        self._greeting = asyncio.Lock()
        self._failed: RemoteError | None = None
        """Why it did not say which chain it has, the last time."""
        self.requests = 0
        """That were sent so far."""

    async def __aenter__(self) -> Endpoint:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up."""
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.close()

    async def chain_id(self) -> int:
        """The chain that it is a node of.

        :raises WrongChain: it is not the one that it has to be.
        :raises EndpointFailed: it does not say.
        """
        failed_before = self._failed
        async with self._greeting:
            if self._chain_id is None and self._failed is not None and self._failed is not failed_before:
                raise self._failed  # it was asked while we waited: ten who wait do not wait ten times as long
            if self._chain_id is None:
                try:
                    found = await self._carry_out(sending.chain_id())
                    if self._wanted not in (None, found):
                        raise WrongChain(self.url, found, self._wanted or 0)
                except RemoteError as error:
                    self._failed = error
                    raise
                self._chain_id = found
        return self._chain_id

    async def check_chain(self) -> None:
        """Ask once more which chain it has, before something is stored of what it has said: a node may be started anew
        with another chain, and a service may lead to another node.

        :raises WrongChain: it is another one than before.
        :raises EndpointFailed: it does not say.
        """
        known, found = await self.chain_id(), await self._carry_out(sending.chain_id())
        if found != known:
            raise WrongChain(self.url, found, known)

    async def carry_out(self, plan: Plan[T]) -> T:
        """What a plan comes to. Before the first one it is asked which chain it has.

        :raises EndpointFailed: the node cannot be asked, lies, or says nonsense.
        :raises RemoteError: what the plan raises.
        """
        try:
            await self.chain_id()
        except BaseException:
            plan.close()
            raise
        return await self._carry_out(plan)

    async def _carry_out(self, plan: Plan[T]) -> T:
        try:
            questions = next(plan)
            while True:
                try:
                    answers = await self._ask(questions)
                except EndpointFailed as error:
                    questions = plan.throw(error)
                else:
                    questions = plan.send(answers)
        except StopIteration as done:
            result: T = done.value
            return result
        except EndpointFailed:
            raise
        except BadAnswer as error:
            raise Nonsense(self.url, str(error).rstrip(".")) from error
        finally:
            plan.close()

    async def _ask(self, questions: Sequence[Question]) -> list[Any]:
        """The answers to questions, in their order; some of them may be refusals."""
        return await self._ask_all(questions, _Brought(self.url))

    async def _ask_all(self, questions: Sequence[Question], brought: _Brought) -> list[Any]:
        groups = self._groups(questions) if self._takes_batches else [[question] for question in questions]
        if len(groups) == 1:
            return await self._ask_group(groups[0], brought)
        answers: list[list[Any]] = [[] for _ in groups]
        waiting = iter(enumerate(groups))

        async def ask() -> None:
            for number, group in waiting:
                answers[number] = await self._ask_group(group, brought)

        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(min(len(groups), self._limits.parallel)):  # a plan may have thousands of groups
                    tasks.create_task(ask())
        except BaseExceptionGroup as failed:  # the others were broken off by the first
            raise failed.exceptions[0] from None
        return [answer for group in answers for answer in group]

    def _groups(self, questions: Sequence[Question]) -> list[list[Question]]:
        groups: list[list[Question]] = []
        weight = 0
        for question in questions:
            own = HEAVY.get(question.method, 1) if question.params[-1:] != (False,) else 1
            if not groups or weight + own > self._limits.batch:
                groups.append([])
                weight = 0
            groups[-1].append(question)
            weight += own
        return groups

    async def _ask_group(self, group: list[Question], brought: _Brought) -> list[Any]:
        attempt = 1
        is_sending = any(question.method == SEND for question in group)
        while True:
            try:
                return await self._request(group, brought)
            except EndpointFailed as error:
                if is_sending:
                    raise PerhapsSent(self.url, error) from error
                if not error.may_pass or attempt == self._limits.attempts:
                    raise
            await self._sleep(self._limits.pause_seconds * 2 ** (attempt - 1))
            attempt += 1

    async def _request(self, group: list[Question], brought: _Brought) -> list[Any]:
        ids = list(range(self._last_id + 1, self._last_id + 1 + len(group)))
        self._last_id = ids[-1]
        calls = [
            {"jsonrpc": "2.0", "id": number, "method": question.method, "params": question.params}
            for number, question in zip(ids, group, strict=True)
        ]
        body = msgspec.json.encode(calls if len(calls) > 1 else calls[0])
        async with self._places:
            self.requests += 1
            try:
                async with asyncio.timeout(self._limits.answer_seconds):
                    said = await self._carrier().exchange(body)
            except TimeoutError:
                raise Silent(self.url, self._limits.answer_seconds) from None
        brought.check(said)
        answers = self._read(said)
        if len(group) > 1 and isinstance(answers, _Answer):
            if answers.error is None:
                raise Nonsense(self.url, "one answer to several questions")
            self._takes_batches = False  # it says that it takes one question at a time
            return await self._ask_all(group, brought)
        return self._in_order(answers if isinstance(answers, list) else [answers], ids)

    def _carrier(self) -> Transport:
        if self._transport is None:
            self._transport = transport_to(self.url, self._route)
        return self._transport

    def _read(self, said: bytes) -> _Said:
        try:
            return _DECODER.decode(said)
        except msgspec.ValidationError as error:
            raise Nonsense(self.url, "what it says is no answer") from error
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise NotJson(self.url, self.url.hidden_in(said[:LONGEST_QUOTE].decode("utf-8", "replace"))) from error

    def _in_order(self, answers: list[_Answer], ids: list[int]) -> list[Any]:
        if len(answers) != len(ids):
            raise Nonsense(self.url, f"{len(answers)} answers to {len(ids)} questions")
        try:
            by_id = {answer.id: answer for answer in answers}
            found = [by_id[number] for number in ids]
        except (KeyError, TypeError) as error:
            raise Nonsense(self.url, "it answers something else than it was asked") from error
        if any(one.error is None and one.result is msgspec.UNSET for one in found):
            raise Nonsense(self.url, "an answer has neither a result nor an error")
        return [one.result if one.error is None else self._refusal(one.error) for one in found]

    def _refusal(self, error: _Error) -> Refusal:
        return Refusal(error.code, self.url.hidden_in(error.message[:LONGEST_QUOTE]), error.data)

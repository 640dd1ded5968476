"""The ways in which a node of Ethereum fails or lies, each with a sentence that says what to do."""

from __future__ import annotations

from pystatus.errors import RemoteError
from pystatus.sanitise import one_line
from pystatus.wording import counted

MAX_REPEATED = 120
"""Characters that are repeated of what came in place of an answer. Ours."""


class EndpointFailed(RemoteError):
    """A node could not be asked, or has not answered as one."""

    may_pass = False
    """Whether the same question may be answered a moment later."""


class Unreachable(EndpointFailed):
    """There is no connection."""

    may_pass = True

    def __init__(self, where: object, why: str) -> None:
        self.why = why
        super().__init__(f"There is no node of Ethereum at {where}: {why}. Check the address, or name another node.")


class Silent(EndpointFailed):
    """Nothing came in time."""

    may_pass = True

    def __init__(self, where: object, seconds: float) -> None:
        super().__init__(
            f"{where} has not answered within {counted(seconds, 'second')}. Try again later, or name another node."
        )


class Overloaded(EndpointFailed):
    """It says that it has too much to do, or that we ask too much."""

    may_pass = True

    def __init__(self, where: object, status: int) -> None:
        super().__init__(f"{where} has too much to do (HTTP {status}). Try again later, or name another node.")


class Refusing(EndpointFailed):
    """It does not let us in."""

    def __init__(self, where: object, status: int) -> None:
        super().__init__(
            f"{where} refuses to answer (HTTP {status}). Check the address, and the key in it if the service has one."
        )


class TooLarge(EndpointFailed):
    """An answer is longer than any should be."""

    def __init__(self, where: object, most: int) -> None:
        super().__init__(f"{where} sends an answer of more than {most >> 20} MiB. Name another node.")


class NotJson(EndpointFailed):
    """It is no node: it answers with a page, for example."""

    def __init__(self, where: object, began: str) -> None:
        shown = one_line(began, MAX_REPEATED)
        what = "nothing" if not shown else "a page of the web" if shown[:1] == "<" else f"“{shown}”"
        super().__init__(f"What answers at {where} is no node of Ethereum: it says {what}. Check the address.")


class Nonsense(EndpointFailed):
    """It speaks JSON-RPC, and not of what it was asked."""

    def __init__(self, where: object, what: str) -> None:
        super().__init__(f"{where} answers nonsense: {what}. Name another node.")


class WrongChain(EndpointFailed):
    """It is a node of another chain."""

    def __init__(self, where: object, found: int, wanted: int) -> None:
        super().__init__(
            f"{where} is a node of the chain {found}, and this is about the chain {wanted}. Nothing was done. Name a "
            f"node of the chain {wanted}."
        )


class PerhapsSent(EndpointFailed):
    """A transaction was handed over, and nothing was heard of it."""

    def __init__(self, where: object, why: EndpointFailed) -> None:
        super().__init__(
            f"The transaction was handed to {where}, and nobody knows whether it has it. Look for it before you send "
            f"it again. {why}"
        )

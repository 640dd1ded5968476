"""The address of a node that runs: printed first, and again whenever it changes."""

from __future__ import annotations

from pystatus.apps.cli.exits import NoReader
from pystatus.apps.cli.output import Output
from pystatus.errors import LocalError
from pystatus.log_texts import get_logger

log = get_logger(__name__)


class AddressLines:
    """The line of it that counts is the last one."""

    def __init__(self, out: Output, name: str = "enode") -> None:
        """
        :param name: what the address is called in JSON.
        """
        self._out = out
        self._name = name
        self._shown: str | None = None

    def start(self, address: str, **also: str) -> None:
        """The node runs.

        :param also: what else programs are told.
        """
        self._shown = address
        self._out.result({"event": "started", self._name: address, **also}, address)

    def changed(self, address: str) -> None:
        """Others reach it elsewhere from now on. Before the start that is no change."""
        if self._shown is None or address == self._shown:
            return
        self._shown = address
        try:
            self._out.result({"event": "address", self._name: address}, address)
        except NoReader:  # the program that needed the address may have gone long ago
            return
        except LocalError as error:  # a full disk, which is no reason to relay nothing any more
            log.warning("the new address %s cannot be printed: %s", address, error)

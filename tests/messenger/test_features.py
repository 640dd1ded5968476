"""Features are found by themselves, and each payload belongs to one of them."""

from __future__ import annotations

import pytest

from pystatus.messenger.features.contact_code import ContactCode
from pystatus.messenger.features.devices import Devices
from pystatus.messenger.features.feature import Feature
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.features.registry import by_payload, declared
from pystatus.payloads.messages import ChatMessage


class Another(Feature):
    PAYLOADS = (ChatMessage,)

    def __init__(self) -> None:
        """It needs nothing."""


def test_every_module_of_the_package_brings_its_feature() -> None:
    assert {ContactCode, Devices, Messages} <= set(declared())
    assert Feature not in declared()


def test_a_payload_belongs_to_one_feature() -> None:
    one = Another()
    assert by_payload([one]) == {ChatMessage: one}
    with pytest.raises(TypeError, match="Another takes what Another takes"):
        by_payload([one, Another()])

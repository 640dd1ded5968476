"""Profiles of the people of a journey, made by whatever version of pystatus is on the path."""

import os
from pathlib import Path

from pystatus import Account, PrivateKey, Profiles

PASSWORD = "correct horse"


def make_profile(folder: Path, name: str) -> None:
    """A new account with a new key."""
    Profiles(folder).create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, name)

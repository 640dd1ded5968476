"""Sentences with which several parts refuse the same."""

from __future__ import annotations

BLOCKED = "You have blocked this person. Unblock them first."
"""Said when something is to be sent to somebody of whom nothing is taken."""
LEFT = "It has left this device, and cannot be withdrawn. Delete it instead: that removes it here alone."
"""Said when a message of ours is to be withdrawn that somebody may have."""

"""The password of the mailservers that anybody may ask."""

PUBLIC_PASSWORD = "status-offline-inbox"  # noqa: S105 - the password of all public mailservers
"""What requests are sealed with on the public network (waku.md §7.2)."""

"""Ports of a home router (overlay.md §6.1): what is said to it, and what is believed of what it says; no I/O."""

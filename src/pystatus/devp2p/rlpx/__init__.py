"""RLPx version 5: a handshake that proves both keys, and encrypted, authenticated frames (overlay.md §2.1 to §2.4)."""

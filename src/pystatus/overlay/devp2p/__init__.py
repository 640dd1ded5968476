"""The base protocol "p2p" on top of RLPx: Hello, Disconnect, Ping, Pong, and how capabilities share the message ids
(overlay.md §2.5 to §2.7)."""

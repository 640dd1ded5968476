"""The asyncio shells: sockets, timers and the clock around the protocol layers, and as little else as possible."""

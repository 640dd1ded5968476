"""Which nodes to connect to: the peer pool and what it decides by (overlay.md §7); no I/O."""

"""devp2p, the P2P overlay: who a node is, the encrypted transport of two nodes, and the protocols multiplexed on it.

Everything here is sans-I/O: bytes and the time go in, events and bytes come out (overlay.md §1, §2).
"""

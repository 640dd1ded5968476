"""Rendezvous in the form of Status (overlay.md §4), without I/O: nodes register their record under a topic at a server
for some seconds, and others ask it for ten of them.

Not the Rendezvous of the libp2p specifications: messages are RLP instead of protobuf, and records (EIP-778) instead of
libp2p's own. :mod:`pystatus.libp2p` carries it.
"""

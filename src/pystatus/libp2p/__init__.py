"""As much of libp2p as Rendezvous needs (overlay.md §4.1), without I/O: two peers agree on keys, prove who they are,
and open streams to each other.

TCP, multistream-select 1.0, Noise or SECIO, yamux; peer ids that are secp256k1 keys. :class:`Libp2pConnection` joins
them: bytes and the time go in, events and bytes come out.

Why not py-libp2p (0.8, overlay.md §11): it runs on trio, which would be a second event loop in the process; it brings a
dozen dependencies, some of them compiled, for the few hundred lines that are needed here; it has no bounds against
strangers before they are authenticated; its own Rendezvous is another protocol; and it does not know ``ethv4``
addresses. What is needed of libp2p is small and has not changed for years. SECIO has no future, but the clients of that
time speak nothing else.
"""

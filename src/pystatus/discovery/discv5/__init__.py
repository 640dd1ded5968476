"""Discovery v5 in its topic form of 2015 to 2018, as go-ethereum 1.9 and Status ran it (overlay.md §3). No I/O.

Nothing here is compatible with today's discv5.1, nor with discovery v4.
"""

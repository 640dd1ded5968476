"""6/WAKU1 and 7/WAKU-DATA: envelopes, their sealing, and the relay that passes them on.

Nothing here does I/O: bytes and the time come in as arguments, packets and events come out.
"""

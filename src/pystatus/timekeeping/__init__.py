"""The time, by others than this machine: what time servers answer, when they are believed, and the clock that is put
right by them. No I/O: :mod:`pystatus.net.time_servers` asks, :mod:`pystatus.node.clock_service` decides when.
"""

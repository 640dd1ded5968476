"""A network of relays in one process: real nodes on links in memory, in simulated time.

:mod:`~pystatus.simulation.nodes.network` runs it; the rest is what it is made of.
"""

"""``pystatus node --workers N``: one node in several processes.

The supervisor (:mod:`~pystatus.workers.supervisor`) listens, and hands every connection that it accepts to a
worker (:mod:`~pystatus.workers.worker`). Each worker is a relay with the node's one key, and is joined with every
other worker, so that an envelope that enters one of them reaches the peers of all. See docs/workers.md.
"""

"""``make bench-attacks``: what honest people notice while somebody attacks.

Whoever is attacked (a relay, a client, a mailserver, a port) runs as a process of its own, as its operator or user
starts it. Honest people use it in the process that measures; attackers, made of :mod:`tests.adversary.hostile`, come
from a third one, each again as somebody else whenever it is sent away. On two cores they get what the others leave.
"""

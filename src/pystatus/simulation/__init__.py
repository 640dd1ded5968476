"""A simulator of conversations: real messengers, real storage, real cryptography, a network that is made up.

Everything is driven by one seed in simulated time: the same seed gives the same run, byte for byte. The messengers are
those of the client; what is simulated is what is around them: people, their devices and clocks, relays, connections.
"""

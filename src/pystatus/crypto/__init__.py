"""Cryptographic primitives, and nothing that knows what they are used for.

This is the only package that imports the C-backed cryptography libraries. Everything in it is synchronous and pure:
randomness comes in as a :data:`~pystatus.crypto.random.RandomSource`.
"""

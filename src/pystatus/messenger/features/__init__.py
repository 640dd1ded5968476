"""What the messenger does beside carrying messages, a module for each thing.

A feature is a subclass of :class:`~pystatus.messenger.features.feature.Feature`, declared in a module of this package.
It names the payload types that it takes; nothing else has to be told of it.
"""

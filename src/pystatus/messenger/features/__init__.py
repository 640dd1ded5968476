"""What the messenger does beside carrying messages, a module for each thing.

A feature is a subclass of :class:`~pystatus.messenger.features.feature.Feature`, declared in a module of this package.
It names the payload types that it takes, declares the events that it tells, and says what it wants of storage; nothing
else has to be told of it. A module of the same name in :mod:`pystatus.storage.features` keeps its tables, one in
:mod:`pystatus.client.features` is what users call.
"""

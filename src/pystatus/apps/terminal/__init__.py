"""``pystatus chat``: a profile in a terminal.

Everything is written against :class:`pystatus.client.Client`, so it is the same whether the client holds the profile or
is attached to a process that does. Nothing here is loaded before somebody wants to chat.
"""

"""End-user functionality: chats, messages, the outbox. Composes the layers below and does no I/O.

An input (a user's command, an envelope, a tick) is handled inside one storage transaction and yields effects, which
are carried out only after the transaction has committed.
"""

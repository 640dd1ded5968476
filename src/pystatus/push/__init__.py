"""Push notifications (16/PUSH-NOTIFICATION-SERVER): the messages, the cryptography, the server. No I/O.

Nothing here is loaded until push is used: a client without it is no heavier.
"""

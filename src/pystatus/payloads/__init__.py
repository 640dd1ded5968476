"""Data and payloads: what people send each other, as typed values (6/PAYLOADS, 7/GROUP-CHAT).

Outgoing, a payload is encoded and then wrapped with its author's signature (:mod:`~pystatus.payloads.wrapper`).
Incoming, it is unwrapped, one checks who may say it and decodes it (:mod:`~pystatus.payloads.registry`), it is checked
(:meth:`~pystatus.payloads.payload.Payload.check`), and its chat is found (:mod:`~pystatus.payloads.chats`). Pure.
"""

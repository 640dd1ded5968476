"""Data and payloads: what people send each other, as typed values (6/PAYLOADS, 7/GROUP-CHAT).

Outgoing, a payload is encoded and then wrapped with its author's signature (:mod:`~pystatus.payloads.wrapper`).
Incoming, it is unwrapped, one checks who may say it (:mod:`~pystatus.payloads.validation`), it is decoded
(:mod:`~pystatus.payloads.registry`), validated, and its chat is found (:mod:`~pystatus.payloads.chats`). All is pure.
"""

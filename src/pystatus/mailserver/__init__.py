"""The offline inbox (8/WAKU-MAIL, waku.md §7): requests for history, their answers, and the server between them.

No I/O: the archive is a port (:mod:`pystatus.mailserver.server.archive`), time and randomness are arguments.
"""

"""The same network in three dialects: waku/1, waku/0 and shh/6, Whisper (waku.md §1).

Envelopes, their hashes and the Messages packet are the same in all of them, and so is the relay with its pool. A
dialect is the little that differs: see :class:`~pystatus.waku.dialects.dialect.Dialect`.
"""

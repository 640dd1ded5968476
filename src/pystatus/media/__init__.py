"""Pictures and sounds in messages: what a file is, how large and how long, and a copy of it without metadata.

What others send is only read as far as its structure says how large it is (:mod:`~pystatus.media.reading`): in Python,
without a decoder. What we send is decoded and made smaller where it has to be (:mod:`~pystatus.media.pictures`).
"""

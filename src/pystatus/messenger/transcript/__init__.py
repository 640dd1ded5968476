"""A chat written down to be kept: read without pystatus. What comes out is text, piece by piece; no I/O here."""

"""5/SECURE-TRANSPORT: prekey bundles, X3DH, the double ratchet, and the sessions and devices around them.

:class:`~pystatus.secure_transport.secure_transport.SecureTransport` is the way in; its storage is a port
(:mod:`~pystatus.secure_transport.store`). Where the specification and the reference differ, ``secure-transport.md``
decides.
"""

"""Links and QR codes: what people give each other instead of keys and names (account.md §12).

:mod:`~pystatus.links.values` has a type for each thing that a link can mean, :mod:`~pystatus.links.parsing` reads text,
:mod:`~pystatus.links.people` reads what somebody typed where a person or a chat is wanted, and
:mod:`~pystatus.links.qr_code` draws. Nothing here does I/O: pictures of strangers are decoded in
:mod:`pystatus.imaging`.
"""

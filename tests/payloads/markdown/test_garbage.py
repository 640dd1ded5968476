"""What was made to read a text is gone with it, before the collector of garbage comes."""

from __future__ import annotations

import gc
import weakref

from pystatus.payloads.markdown.inline import _Paragraph


def test_a_paragraph_that_was_read_is_in_no_circle() -> None:
    paragraph = _Paragraph("*a* _b_ ~c~ `d` @0x04 #e \\* https://status.im (f) [g](h)  \nend")
    gone = weakref.ref(paragraph)
    gc.disable()
    try:
        assert len(paragraph.pieces()) > 8
        del paragraph
        assert gone() is None
    finally:
        gc.enable()

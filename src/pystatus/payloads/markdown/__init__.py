"""The Status Markdown dialect: the text of a message as a tree that every face can show (payloads.md §13).

:func:`~pystatus.payloads.markdown.parsing.parse_text` gives the tree; nothing of a text is missing in it.
:func:`~pystatus.payloads.markdown.reference.reference_text` gives the values of the reference, which loses some texts.
Both are made of the same pieces. The time is linear in the length of the text, whatever is in it.
"""

"""Windows over the chat screen: a text, a question, a list, a page with keys."""

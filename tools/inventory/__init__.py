"""What others can make grow: found in the source, compared with what is written about it, and made a page."""

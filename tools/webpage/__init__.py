"""What ``tools/web.py`` is made of: the generated sources of the page, the sums of its output, and its size."""

"""What ``tools/journeys.py`` is made of: the two processes of a world, and what is recorded in one of them."""

"""What ``tools/architecture.py`` is made of: who imports whom, and how that is drawn."""

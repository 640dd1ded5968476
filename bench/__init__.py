"""Benchmarks: every module with a ``measure()`` is one. ``.venv/bin/python -m bench [NAME ...]`` runs them."""

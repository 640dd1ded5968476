"""Benchmarks: every module with a ``measure()`` is one. ``python -m bench [NAME ...]`` runs them."""

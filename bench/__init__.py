"""Benchmarks: every module with a ``measure()`` is one. ``python -m bench [module ...]`` runs them."""

"""The settings of ``pystatus node``: what there is, where it comes from, and what becomes of it.

:mod:`~pystatus.settings.model` lists every setting once. The file, the environment, the command line, the table in
``docs/operators.md`` and ``pystatus config`` all follow from that list.
"""

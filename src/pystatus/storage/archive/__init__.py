"""Adapters of :class:`pystatus.mailserver.archive.Archive`: SQLite for one machine, PostgreSQL for several."""

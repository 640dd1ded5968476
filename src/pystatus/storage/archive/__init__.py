"""Adapters of :class:`pystatus.mailserver.server.archive.Archive`: SQLite for one machine, PostgreSQL for several."""

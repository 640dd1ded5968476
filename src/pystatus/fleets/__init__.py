"""Fleets and invitations: the nodes of one network, named together (1/CLIENT "Fleets", overlay.md §8).

:mod:`~pystatus.fleets.fleet` has the value, :mod:`~pystatus.fleets.fleet_file` its TOML form,
:mod:`~pystatus.fleets.published` the fleets of Status as data, :mod:`~pystatus.fleets.invitation` the link that others
paste, and :mod:`~pystatus.fleets.status_go` the settings of status-go. Nothing here does I/O: files and URLs are read
in :mod:`pystatus.node.fleet_sources`.
"""

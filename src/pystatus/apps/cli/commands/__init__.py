"""One module for each command. A new file here is a new command: see :mod:`pystatus.apps.cli.catalogue`."""

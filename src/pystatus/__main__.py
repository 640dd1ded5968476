"""``python -m pystatus``: the command line."""

from pystatus.apps.cli import main

main()

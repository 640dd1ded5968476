"""Networks of Discovery v5 in one process: the code of the client and the bootnode on a UDP network that is made up
(overlay.md §3)."""

"""A Status v1 client and node (1/CLIENT v0.3)."""

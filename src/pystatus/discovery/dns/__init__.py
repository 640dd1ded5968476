"""Node lists in DNS (EIP-1459, overlay.md §5): entries, the way through a tree, and how one is signed."""

"""Pictures are decoded in a process of their own, with bounds of its own: a fault in a decoder ends that one alone."""

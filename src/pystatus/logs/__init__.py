"""The log of a process: its levels, how often the same is said, and the lines on standard error."""

"""The decoders, by package. Each module has ``TARGETS``."""

"""Citations of the protocol notes in code and documentation: where they stand, and whether they lead somewhere."""

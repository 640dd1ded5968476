"""Which code obeys a requirement, which test proves it, and the page that says so."""

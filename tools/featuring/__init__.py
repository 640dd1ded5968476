"""What users can do, what of the code does it, and the page that says so."""

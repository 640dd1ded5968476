"""Finding nodes: what is known of them before anybody is dialled."""

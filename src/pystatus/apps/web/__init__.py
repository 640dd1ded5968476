"""The browser client: a page that this machine serves to its own user, and the calls and views behind it."""

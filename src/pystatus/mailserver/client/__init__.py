"""The client's side of 8/WAKU-MAIL: what is missing, which mailserver is asked for it, and how well it has answered."""

"""The server's side of 8/WAKU-MAIL: the queue of requests, the port to an archive, and what of the time it covers."""

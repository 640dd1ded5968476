"""One open profile, many faces: the process that holds it serves its client on a socket, others attach to that."""

"""Waku over devp2p, without I/O: what connections bring goes to a relay, and what the relay has to send goes out on
them."""

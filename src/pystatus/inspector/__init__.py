"""``pystatus inspect``: what passes a node, or what a capture holds, counted and shown. It never forwards anything."""

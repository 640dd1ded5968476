"""What is said on a journey: much longer than anything else that the functions on the way are given."""

CHAT = "journeys"
CHATS = tuple(f"another-{number}" for number in range(40))
"""What the person who asks for history is in as well: five bytes of the request for each."""
TEXT = "x" * 1000
SHORTEST_MESSAGE = 900
"""Bytes or characters: less than any form of a message with :data:`TEXT`, more than an enode, a bundle or a header."""
SHORTEST_REQUEST = 200
"""Bytes: less than any encoded form of a request for the topics of :data:`CHATS`, more than a key or a signature."""

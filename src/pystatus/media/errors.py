"""What is said of a file that is not taken."""

from pystatus.errors import RemoteError


class InvalidMedia(RemoteError):
    """A picture or a sound is damaged, is not what it is said to be, or is over a limit. The message says which, as the
    end of a sentence, and quotes nothing of the file."""

"""Where things are kept: the encrypted profile database, its migrations, and the files of a profile.

Implements the storage ports that the layers declare; no layer below sees SQL or a path.
"""

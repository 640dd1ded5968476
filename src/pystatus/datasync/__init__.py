"""Data sync (2/MVDS): reliable delivery between two identities over a lossy medium."""

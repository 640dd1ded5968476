"""2/ACCOUNT: recovery phrase, key derivation, key files, three-word name, identicon and key text (account.md)."""

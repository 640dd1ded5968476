"""The rules of a push notification client: what it believes of others' devices, and when it tries again."""

"""The push notification server without network and database: what it stores, answers and forwards."""

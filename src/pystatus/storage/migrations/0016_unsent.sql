-- Messages of ours that no relay has yet, or that could not be sent: few, of all chats, and asked for at each start.
CREATE INDEX messages_unsent ON messages (clock, substr(id, 1, 8)) WHERE state IN (1, 4, 5);

-- What people decide about a chat, and what a group is called.
ALTER TABLE chats ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE chats ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN mentions INTEGER NOT NULL DEFAULT 0;       -- unread messages that name us
ALTER TABLE chats ADD COLUMN cleared_clock INTEGER NOT NULL DEFAULT 0;  -- messages up to it never return

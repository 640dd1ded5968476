-- Chats, messages, the outbox, and what the messenger remembers between runs.

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- Chat ids are those of payloads.md §6.2; the id of a one-to-one chat is the other person's key, 0x04...
CREATE TABLE chats (
    id TEXT PRIMARY KEY,
    kind INTEGER NOT NULL,
    active INTEGER NOT NULL,
    last_clock INTEGER NOT NULL,
    unread INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    id BLOB PRIMARY KEY,
    chat_id TEXT NOT NULL REFERENCES chats (id),
    author BLOB NOT NULL,
    clock INTEGER NOT NULL,
    sent_ms INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    content_type INTEGER NOT NULL,
    text TEXT NOT NULL,
    response_to BLOB,
    payload BLOB NOT NULL,          -- the ChatMessage as it was sent: whatever this version does not show is kept
    state INTEGER,                  -- of our own messages only
    forward_secrecy INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_in_order ON messages (chat_id, clock, id);

-- Sealed once and kept, so that sending again sends the same bytes.
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    message_ids BLOB NOT NULL,      -- 32 bytes each; none for what the user did not write
    channel TEXT NOT NULL,          -- kind of channel
    target TEXT NOT NULL,           -- name of the public chat, or key of the person
    payload BLOB NOT NULL,
    attempts INTEGER NOT NULL
) STRICT;

CREATE TABLE seen_envelopes (
    hash BLOB PRIMARY KEY,
    seen_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_envelopes_by_age ON seen_envelopes (seen_s);

-- Deriving a channel's key from its name takes milliseconds.
CREATE TABLE channel_keys (
    name TEXT PRIMARY KEY,
    key BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What our other devices call themselves.
CREATE TABLE device_names (
    installation_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    device_type TEXT NOT NULL,
    clock INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Whom we have sent our bundle because their message did not open.
CREATE TABLE bundle_replies (
    identity BLOB PRIMARY KEY,
    sent_s INTEGER NOT NULL,
    wait_s INTEGER NOT NULL         -- until the next one
) STRICT, WITHOUT ROWID;

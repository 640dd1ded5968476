-- Data sync (pystatus.datasync.store). Identities are compressed keys (33 bytes); times are Unix seconds.

CREATE TABLE sync_peers (
    identity BLOB PRIMARY KEY,
    due_at REAL,                    -- when the scheduler has to look at this peer
    acks_due_at REAL,
    sent_at REAL NOT NULL,
    heard_at REAL NOT NULL,
    syncs INTEGER NOT NULL,
    unanswered INTEGER NOT NULL,
    rounds INTEGER NOT NULL,
    retry_at REAL NOT NULL,
    opted_in INTEGER NOT NULL,
    own_head BLOB NOT NULL,
    peer_head BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sync_peers_by_time ON sync_peers (due_at);

-- What is sent until an answer removes it. Without deadline: given up. Acknowledgements are never in here.
CREATE TABLE sync_records (
    number INTEGER PRIMARY KEY,
    peer BLOB NOT NULL,
    message_id BLOB NOT NULL,
    type INTEGER NOT NULL,          -- 0 offer, 1 request, 2 message
    send_count INTEGER NOT NULL,
    deadline REAL,
    added_at REAL NOT NULL,
    ephemeral INTEGER NOT NULL,
    tag BLOB NOT NULL,
    UNIQUE (peer, message_id)
) STRICT;
CREATE INDEX sync_records_by_time ON sync_records (peer, deadline);
CREATE INDEX sync_requests ON sync_records (peer) WHERE type = 1;

-- Our own messages, encoded: apart from their records, which change with each repetition.
CREATE TABLE sync_bodies (
    number INTEGER PRIMARY KEY REFERENCES sync_records (number) ON DELETE CASCADE,
    wire BLOB NOT NULL
) STRICT;

-- Ids of messages that were received or written, in this order: acknowledged again, not delivered again.
CREATE TABLE sync_known (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    peer BLOB NOT NULL,
    message_id BLOB NOT NULL,
    known_at REAL NOT NULL,
    UNIQUE (peer, message_id)
) STRICT;

-- Acknowledgements that wait for a payload to go with.
CREATE TABLE sync_acks (
    number INTEGER PRIMARY KEY,
    peer BLOB NOT NULL,
    message_id BLOB NOT NULL,
    again INTEGER NOT NULL,
    UNIQUE (peer, message_id)
) STRICT;

-- What was fetched from mailservers, and which envelope carried which of our own messages.

-- For each topic (empty: of all) and mailserver, the spans of Unix seconds that it has answered to their end.
CREATE TABLE history_covered (
    topic BLOB NOT NULL,
    server BLOB NOT NULL,
    lower_s INTEGER NOT NULL,
    upper_s INTEGER NOT NULL,
    PRIMARY KEY (topic, server, lower_s)
) STRICT, WITHOUT ROWID;

-- Since when the history of a topic is wanted.
CREATE TABLE history_starts (
    topic BLOB PRIMARY KEY,
    since_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Bytes fetched on a day, in days since 1970.
CREATE TABLE history_spent (
    day INTEGER PRIMARY KEY,
    bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sent_envelopes (
    hash BLOB PRIMARY KEY,
    message_ids BLOB NOT NULL,      -- 32 bytes each
    sent_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sent_envelopes_by_age ON sent_envelopes (sent_s);

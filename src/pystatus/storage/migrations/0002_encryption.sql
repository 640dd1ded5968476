-- The encryption layer (pystatus.encryption.store). Public keys are compressed (33 bytes); times are Unix seconds,
-- timestamps of bundles nanoseconds.

-- Our own prekeys; the one that was not replaced is in use. An installation id that is given up takes its keys with it.
CREATE TABLE own_pre_keys (
    installation_id TEXT NOT NULL,
    public BLOB NOT NULL,
    private BLOB NOT NULL,
    version INTEGER NOT NULL,
    created_at REAL NOT NULL,
    replaced_at REAL,
    signed_bundle BLOB NOT NULL,
    signed_at REAL NOT NULL,
    PRIMARY KEY (installation_id, public)
) STRICT, WITHOUT ROWID;

-- Devices of others, and our own other ones, each with its newest prekey.
CREATE TABLE installations (
    identity BLOB NOT NULL,
    installation_id TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    enabled INTEGER NOT NULL,
    protocol_version INTEGER NOT NULL,
    pre_key BLOB NOT NULL,
    pre_key_version INTEGER NOT NULL,
    pre_key_timestamp INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    PRIMARY KEY (identity, installation_id)
) STRICT, WITHOUT ROWID;

-- The first four columns after the id name a session: nobody but the identity can touch it.
CREATE TABLE ratchet_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    identity BLOB NOT NULL,
    installation_id TEXT NOT NULL,
    bundle_id BLOB NOT NULL,
    ephemeral_key BLOB NOT NULL,
    shared_key BLOB NOT NULL,
    confirmed INTEGER NOT NULL,
    used_at REAL NOT NULL,
    own_private BLOB NOT NULL,
    own_public BLOB NOT NULL,
    remote BLOB NOT NULL,
    root_key BLOB NOT NULL,
    sending_key BLOB NOT NULL,
    sending_n INTEGER NOT NULL,
    receiving_key BLOB NOT NULL,
    receiving_n INTEGER NOT NULL,
    previous_n INTEGER NOT NULL,
    derived INTEGER NOT NULL,
    UNIQUE (identity, installation_id, bundle_id, ephemeral_key)
) STRICT;

-- Keys of messages that have not arrived (yet).
CREATE TABLE skipped_keys (
    session_id INTEGER NOT NULL REFERENCES ratchet_sessions (id) ON DELETE CASCADE,
    ratchet_key BLOB NOT NULL,
    n INTEGER NOT NULL,
    message_key BLOB NOT NULL,
    seq INTEGER NOT NULL,
    stored_at REAL NOT NULL,
    PRIMARY KEY (session_id, ratchet_key, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX skipped_keys_by_age ON skipped_keys (session_id, seq);

-- Ratchet keys that peers have given up, so that a replay is told from a forgery.
CREATE TABLE past_chains (
    session_id INTEGER NOT NULL REFERENCES ratchet_sessions (id) ON DELETE CASCADE,
    ratchet_key BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (session_id, ratchet_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX past_chains_by_age ON past_chains (session_id, seq);

-- With whom there is a negotiated topic. The secret itself is computed from the keys.
CREATE TABLE negotiated_peers (
    identity BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Plain Diffie-Hellman messages that were opened.
CREATE TABLE seen_ephemeral_keys (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    identity BLOB NOT NULL,
    key BLOB NOT NULL,
    seen_at REAL NOT NULL,
    UNIQUE (identity, key)
) STRICT;

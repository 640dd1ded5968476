-- What could not be opened, until it is sent again or the user is told.

CREATE TABLE failing_devices (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    identity BLOB NOT NULL,
    installation_id TEXT NOT NULL,  -- empty: the sender did not say a proper one
    known INTEGER NOT NULL,         -- we have a chat with that person
    told_s INTEGER,                 -- when the user was told last
    UNIQUE (identity, installation_id)
) STRICT;

CREATE TABLE decryption_failures (
    device INTEGER NOT NULL REFERENCES failing_devices (number) ON DELETE CASCADE,
    sent_s INTEGER NOT NULL,        -- when the envelope was made, as its sender says
    count INTEGER NOT NULL,
    waited REAL NOT NULL,           -- seconds with a relay since it came
    reason TEXT NOT NULL,
    PRIMARY KEY (device, sent_s)
) STRICT, WITHOUT ROWID;

-- What we have signed and handed to the network: what else is signed by this installation comes from a copy of it.

CREATE TABLE sent_payloads (
    hash BLOB PRIMARY KEY,          -- Keccak-256 of the protocol message
    sent_s INTEGER NOT NULL         -- the last time
) STRICT, WITHOUT ROWID;
CREATE INDEX sent_payloads_by_age ON sent_payloads (sent_s);

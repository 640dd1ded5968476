-- Whom we know, and how much is kept of everybody else (pystatus.messenger.people). Identities are compressed keys.

-- People to whom we wrote or whose chat we opened.
CREATE TABLE known_people (
    identity BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Everybody else of whom anything is kept in any table.
CREATE TABLE strangers (
    identity BLOB PRIMARY KEY,
    chat_id TEXT,                   -- of those who wrote a message that is kept
    bytes INTEGER NOT NULL          -- about what all tables keep of them
) STRICT, WITHOUT ROWID;

-- The sums, so that none has to be computed for a message.
CREATE TABLE stranger_totals (
    writes INTEGER PRIMARY KEY,     -- 1: those with a chat
    people INTEGER NOT NULL,
    bytes INTEGER NOT NULL
) STRICT;
INSERT INTO stranger_totals VALUES (0, 0, 0), (1, 0, 0);
CREATE TRIGGER stranger_added AFTER INSERT ON strangers BEGIN
    UPDATE stranger_totals SET people = people + 1, bytes = bytes + NEW.bytes WHERE writes = (NEW.chat_id IS NOT NULL);
END;
CREATE TRIGGER stranger_removed AFTER DELETE ON strangers BEGIN
    UPDATE stranger_totals SET people = people - 1, bytes = bytes - OLD.bytes WHERE writes = (OLD.chat_id IS NOT NULL);
END;
CREATE TRIGGER stranger_changed AFTER UPDATE ON strangers BEGIN
    UPDATE stranger_totals SET people = people - 1, bytes = bytes - OLD.bytes WHERE writes = (OLD.chat_id IS NOT NULL);
    UPDATE stranger_totals SET people = people + 1, bytes = bytes + NEW.bytes WHERE writes = (NEW.chat_id IS NOT NULL);
END;

-- The last envelopes of strangers; seen_envelopes has those of people we know.
CREATE TABLE seen_from_strangers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE
) STRICT;

-- Chats in which we wrote, and those that we opened and nobody has written in. The id of a one-to-one chat is the other
-- person's key, 0x04 and both coordinates; its compressed form has the parity of the second one instead.
INSERT INTO known_people
SELECT unhex(iif(instr('13579bdf', substr(id, -1)), '03', '02') || substr(id, 5, 64)) FROM chats
WHERE kind = 1 AND length(id) = 132 AND (
    EXISTS (SELECT 1 FROM messages WHERE chat_id = chats.id AND state IS NOT NULL)
    OR (active AND NOT EXISTS (SELECT 1 FROM messages WHERE chat_id = chats.id))
);

-- Who of the others is kept is decided at the next start, which knows our own identity.
INSERT INTO settings SELECT 'strangers_uncounted', 1
WHERE EXISTS (SELECT 1 FROM installations) OR EXISTS (SELECT 1 FROM chats) OR EXISTS (SELECT 1 FROM seen_envelopes);

-- More topics than a client may listen to come from a flood of identities. These are caches: what is needed of them is
-- derived, or fetched, again.
DELETE FROM channel_keys WHERE (SELECT count(*) FROM channel_keys) > 10000;
DELETE FROM history_covered WHERE (SELECT count(*) FROM history_starts) > 10000;
DELETE FROM history_starts WHERE (SELECT count(*) FROM history_starts) > 10000;

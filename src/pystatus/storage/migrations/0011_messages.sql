-- Messages in little room: a text is stored once, people and chats by small numbers.
-- Payloads are made again of the rest (pystatus.storage.messages), or stored beside the message where they cannot.

CREATE TABLE chat_numbers (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE REFERENCES chats (id) ON DELETE CASCADE
) STRICT;

CREATE TABLE authors (
    number INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,       -- 0x04 and both coordinates
    messages INTEGER NOT NULL       -- how many; whoever has none any more is forgotten
) STRICT;

CREATE TABLE numbered_messages (
    number INTEGER PRIMARY KEY,     -- in the order in which they came
    id BLOB NOT NULL UNIQUE,
    chat INTEGER NOT NULL REFERENCES chat_numbers (number),
    author INTEGER NOT NULL,
    clock INTEGER NOT NULL,
    sent_ms INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    content_type INTEGER NOT NULL,
    text TEXT NOT NULL,
    response_to BLOB,
    state INTEGER,                  -- of our own messages only
    forward_secrecy INTEGER NOT NULL,
    payload_form INTEGER NOT NULL
) STRICT;

-- Those that are not made again, apart from the rows that are read for every page.
CREATE TABLE message_payloads (
    number INTEGER PRIMARY KEY,
    payload BLOB NOT NULL
) STRICT;

-- Payloads that the other person of a chat sent name it by our key.
INSERT OR IGNORE INTO settings
SELECT 'own_key', author FROM messages WHERE state IS NOT NULL LIMIT 1;

INSERT INTO chat_numbers (id) SELECT DISTINCT chat_id FROM messages;
INSERT INTO authors (key, messages) SELECT author, 1 FROM messages WHERE true
ON CONFLICT (key) DO UPDATE SET messages = messages + 1;  -- GROUP BY would sort all of them in memory
INSERT INTO numbered_messages
SELECT m.rowid, m.id, c.number, a.number, m.clock, m.sent_ms, m.received_ms, m.content_type, m.text, m.response_to,
    m.state, m.forward_secrecy,
    payload_form(m.payload, m.chat_id, m.clock, m.sent_ms, m.content_type, m.text, m.response_to, o.value)
FROM messages AS m JOIN chat_numbers AS c ON c.id = m.chat_id JOIN authors AS a ON a.key = m.author
    LEFT JOIN settings AS o ON o.name = 'own_key'
ORDER BY m.rowid;
INSERT INTO message_payloads
SELECT m.rowid, m.payload FROM messages AS m JOIN numbered_messages AS n ON n.number = m.rowid WHERE n.payload_form = 1
ORDER BY m.rowid;

DROP TABLE messages;
ALTER TABLE numbered_messages RENAME TO messages;

-- Eight bytes of an id put messages of one clock in their order; the rest of it is compared in the row.
CREATE INDEX messages_in_order ON messages (chat, clock, substr(id, 1, 8));

CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN
    UPDATE authors SET messages = messages + 1 WHERE number = NEW.author;
END;
CREATE TRIGGER message_deleted AFTER DELETE ON messages BEGIN
    DELETE FROM message_payloads WHERE number = OLD.number;
    UPDATE authors SET messages = messages - 1 WHERE number = OLD.author;
    DELETE FROM authors WHERE number = OLD.author AND messages = 0;
END;

-- What the user was told, in its order, so that somebody who was away reads it later. Bounded: the oldest gives way.
CREATE TABLE journal (
    cursor INTEGER NOT NULL PRIMARY KEY, -- 1, 2, 3, ...; the newest is never removed, so none is used twice
    bytes_so_far INTEGER NOT NULL,       -- of all events up to this one, removed ones included
    event BLOB NOT NULL                  -- JSON; messages and chats by their ids
) STRICT;

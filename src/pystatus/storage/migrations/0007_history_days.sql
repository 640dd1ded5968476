-- When a mailserver was asked for what it has answered, in days since 1970. What was kept before there were days (0) is
-- asked for once more. The server is empty where nobody need be asked any more.
ALTER TABLE history_covered RENAME TO history_covered_without_days;
CREATE TABLE history_covered (
    topic BLOB NOT NULL,
    server BLOB NOT NULL,
    day INTEGER NOT NULL,
    lower_s INTEGER NOT NULL,
    upper_s INTEGER NOT NULL,
    PRIMARY KEY (topic, server, day, lower_s)
) STRICT, WITHOUT ROWID;
INSERT INTO history_covered SELECT topic, server, 0, lower_s, upper_s FROM history_covered_without_days;
DROP TABLE history_covered_without_days;

-- Good peers of earlier runs, by the topic that they were found under (overlay.md §7.5).
CREATE TABLE cached_peers (
    topic TEXT NOT NULL,
    node_id BLOB NOT NULL,
    enode TEXT NOT NULL,
    successes INTEGER NOT NULL,     -- how often it was connected
    failures INTEGER NOT NULL,      -- attempts in vain since then
    connected_s INTEGER NOT NULL,   -- Unix seconds when it was connected last
    PRIMARY KEY (topic, node_id)
) STRICT, WITHOUT ROWID;

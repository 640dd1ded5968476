-- The highest version that was seen of each node list in DNS, so that no older one is believed (overlay.md §5.2).
CREATE TABLE list_versions (
    list TEXT NOT NULL PRIMARY KEY, -- enrtree://<key>@<domain>
    seq TEXT NOT NULL,              -- decimal: it may have 64 bits
    seen_s INTEGER NOT NULL         -- Unix seconds when a root was seen last
) STRICT, WITHOUT ROWID;

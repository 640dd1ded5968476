-- How far the tables of each feature have come (pystatus.storage.features): as many steps as its version says. These
-- files are the steps of what all features share, and their number is the user_version.

CREATE TABLE feature_schemas (
    feature TEXT PRIMARY KEY,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

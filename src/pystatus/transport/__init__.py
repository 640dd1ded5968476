"""How Status uses Waku: topics, keys, and the settings of an envelope (10/WAKU-USAGE, waku.md §8)."""

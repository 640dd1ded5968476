"""SQL that forgets envelopes and payloads which are too old, each statement with a Unix second and a number of rows."""

FORGET_OLD = (
    "DELETE FROM seen_envelopes WHERE hash IN"
    " (SELECT hash FROM seen_envelopes WHERE seen_s < ? ORDER BY seen_s LIMIT ?)",
    "DELETE FROM sent_envelopes WHERE hash IN"
    " (SELECT hash FROM sent_envelopes WHERE sent_s < ? ORDER BY sent_s LIMIT ?)",
    "DELETE FROM sent_payloads WHERE hash IN (SELECT hash FROM sent_payloads WHERE sent_s < ? ORDER BY sent_s LIMIT ?)",
)
"""Those received, those sent, and the payloads in those sent."""

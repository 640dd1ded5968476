"""The page in a real browser, with other people and a relay behind it. These tests are apart: ``make test-web``."""

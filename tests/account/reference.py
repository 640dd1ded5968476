"""The values that come with the account reference. They are ours, so ``PYSTATUS_VECTORS`` does not replace them."""

import json
from pathlib import Path
from typing import Any

_FILE = Path(__file__).resolve().parent.parent / "vectors" / "account" / "account_vectors.json"
REFERENCE: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))

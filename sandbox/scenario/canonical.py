"""One text for one meaning: the canonical JSON of a scenario, and its hash."""

import json
from hashlib import sha256
from typing import Any


def canonical_json(document: Any) -> str:
    """Sorted keys, no spaces, UTF-8 as it is; refuses numbers that are not finite."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(text: str) -> str:
    """SHA-256 of a text, in hex."""
    return sha256(text.encode()).hexdigest()

"""One text for one meaning: the canonical JSON of a scenario, and its hash."""

import json
from hashlib import sha256
from typing import Any


def canonical_json(document: Any) -> str:
    """Sorted keys, no spaces, UTF-8 as it is, whole numbers without a point; refuses NaN and infinity."""
    return json.dumps(
        _whole(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def digest(text: str) -> str:
    """SHA-256 of a text, in hex."""
    return sha256(text.encode()).hexdigest()


def _whole(value: Any) -> Any:
    """`3.0` and `3` mean the same wherever a number is asked for, so they are written alike."""
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value

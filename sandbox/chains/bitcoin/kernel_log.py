"""Why Bitcoin Core refused a block: the reason stands only in its log.

The library allows one logging connection a process and offers no way to tell engines apart, so the log is
shared: an engine clears it before it submits a block and reads it after, all within one call.
"""

import re
from typing import Any

import pbk

_connection: Any = None
_reasons: list[str] = []

#: ``[error] ConnectTip: ConnectBlock <hash> failed, <reason>`` or
#: ``[error] ProcessNewBlock: AcceptBlock FAILED (<reason>)``; CheckBlock writes the latter form too.
_REASON = re.compile(
    r"\[error\] (?:ConnectTip: ConnectBlock [0-9a-f]{64} failed, (.*)"
    r"|ProcessNewBlock: (?:AcceptBlock|CheckBlock) FAILED \((.*)\))\s*$"
)


def reasons_logged() -> list[str]:
    """The list that reasons are appended to, connected to Core's log at the first call."""
    global _connection
    if _connection is None:
        _connection = pbk.LoggingConnection(_note)
    return _reasons


def _note(line: str) -> None:
    """Keep the reason if the line gives one. It runs inside Core, where an exception would be lost."""
    if "[error]" in line:
        match = _REASON.search(line)
        if match:
            _reasons.append(match[1] or match[2])

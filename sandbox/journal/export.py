"""The journal as JSON Lines: one decoded object a record, the same bytes every time."""

import json
from collections.abc import Callable, Iterator
from typing import TextIO

from sandbox.clock import Clock
from sandbox.journal.meanings import MEANINGS, PLAIN, Meaning
from sandbox.journal.reader import JournalReader

#: From a code to the JSON text that stands for it.
Decoder = Callable[[int], str]


def json_lines(reader: JournalReader, clock: Clock | None = None) -> Iterator[str]:
    """One line a record, without its newline.

    Fields: seq, time, at (local time, with a clock), kind, then reason, payment, actor, subject and object
    where the record has them, amount, extra. Accounts become objects with owner, role and asset.
    """
    decode = _decoders(reader)
    for records, first in reader.batches():
        for seq, record in enumerate(records.tolist(), start=first):
            time, code, reason, payment, actor, subject, object_, amount, extra = record
            meaning = _BY_CODE.get(code, PLAIN)
            parts = [f'{{"seq": {seq}, "time": {time}']
            if clock is not None:
                parts.append(f'"at": "{clock.text(time)}"')
            parts.append(f'"kind": {decode["kind"](code)}')
            if reason:
                parts.append(f'"reason": {decode[meaning.reason](reason)}')
            if payment != -1:
                parts.append(f'"payment": {payment}')
            if actor != -1:
                parts.append(f'"actor": {decode["entity"](actor)}')
            parts += _pair(decode, meaning, subject, object_)
            decoded = decode[meaning.extra](extra) if extra != -1 else "-1"
            parts.append(f'"amount": {amount}, "extra": {decoded}}}')
            yield ", ".join(parts)


def export_json_lines(reader: JournalReader, out: TextIO, clock: Clock | None = None) -> int:
    """Write the lines of :func:`json_lines`; the number written."""
    count = 0
    for line in json_lines(reader, clock):
        out.write(line + "\n")
        count += 1
    return count


def _pair(decode: dict[str, Decoder], meaning: Meaning, subject: int, object_: int) -> list[str]:
    parts = []
    if subject != -1:
        parts.append(f'"subject": {decode[meaning.subject](subject)}')
    if object_ != -1:
        parts.append(f'"object": {decode[meaning.object](object_)}')
    return parts


def _decoders(reader: JournalReader) -> dict[str, Decoder]:
    """A decoder for each space; a code without a name stays a number."""
    entities = [json.dumps(name) for name in reader.static_table("entities")["name"].to_pylist()]
    spaces: dict[str, dict[int, str]] = {}
    for row in reader.static_table("codes").to_pylist():
        spaces.setdefault(row["space"], {})[row["code"]] = json.dumps(row["name"])
    assets = spaces.get("asset", {})
    accounts = {
        row["account"]: (
            f'{{"account": {row["account"]}, "owner": {entities[row["owner"]]}, '
            f'"role": {json.dumps(row["role"])}, "asset": {assets.get(row["asset"], row["asset"])}}}'
        )
        for row in reader.static_table("accounts").to_pylist()
    }
    tables = {**spaces, "entity": dict(enumerate(entities)), "account": accounts}
    decode: dict[str, Decoder] = {name: _decoder(tables.get(name, {})) for name in _SPACES}
    decode[""] = str
    return decode


_BY_CODE = {int(kind): meaning for kind, meaning in MEANINGS.items()}
_SPACES = {"kind", "entity", "account"} | {space for m in MEANINGS.values() for space in m if space}


def _decoder(names: dict[int, str]) -> Decoder:
    return lambda code: names.get(code, str(code))

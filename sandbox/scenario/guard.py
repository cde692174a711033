"""From bytes to text that is safe to parse: size, kind of file, encoding, characters.

Everything is refused before a parser sees it, because hostile text costs a YAML parser minutes or the
whole process.
"""

import errno
import os
import re
import stat
import sys
from pathlib import Path
from typing import Final

from sandbox.scenario.faults import Fault, Mark, ScenarioInvalid

#: A scenario of a few hundred lines is 20 kB; the parser reads the whole cap in under a second.
MOST_BYTES: Final = 256 * 1024

_MAGIC: Final = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"PAR1", "Parquet"),
    (b"%PDF", "PDF"),
    (b"\x7fELF", "a program"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"SQLite format 3", "SQLite"),
    (b"\x89PNG", "PNG"),
)
_UTF16_OR_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
# Control characters but tab and line ends; and the line ends of other alphabets, which editors count
# differently, so that a reported line would not be the line on the screen.
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_LINE_END = re.compile("\r\n|\n|\r")


def refuse(
    file: str, code: str, message: str, hint: str = "", *, line: int = 1, column: int = 1
) -> ScenarioInvalid:
    """A file-level fault as the exception that ends the reading of the file."""
    return ScenarioInvalid([Fault(Mark(file, line, column), code, "", message, hint)])


def read_bytes(path: Path, file: str) -> bytes:
    """The bytes of a regular file (`-` is standard input), at most the cap and one.

    Raises ScenarioInvalid `unreadable_file` for a directory, a pipe, a device, a loop of links or a file
    without permission: opening some of these would never return.
    """
    if file == "-":
        # A process may be started without a standard input.
        if sys.stdin is None:
            raise refuse(file, "unreadable_file", f"cannot be read: {os.strerror(errno.EBADF).lower()}")
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise refuse(file, "unreadable_file", f"not a regular file but {_kind(mode)}")
        with path.open("rb") as source:
            return source.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise refuse(file, "no_file", "there is no such file") from None
    except (OSError, ValueError) as problem:
        reason = (
            problem.strerror if isinstance(problem, OSError) and problem.strerror else "not a usable path"
        )
        raise refuse(file, "unreadable_file", f"cannot be read: {reason.lower()}") from None


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a directory"
    if stat.S_ISFIFO(mode):
        return "a pipe"
    return "a device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "a special file"


def decode(data: bytes, file: str) -> str:
    """UTF-8 text (a byte order mark is dropped) without control characters, or ScenarioInvalid."""
    if len(data) > MOST_BYTES:
        raise refuse(file, "too_large", f"the file is larger than {MOST_BYTES // 1024} kB")
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise refuse(file, "not_yaml", f"this is {kind}, not a YAML text")
    if data.startswith(_UTF16_OR_32) or (len(data) > 3 and data[:4].count(0) >= 2):
        raise refuse(file, "encoding", "the file is UTF-16 or UTF-32", "save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line, column = line_column(data[: problem.start].decode("utf-8-sig", "replace"))
        raise refuse(
            file, "encoding", "not valid UTF-8 here", "save the file as UTF-8", line=line, column=column
        ) from None
    found = _REFUSED.search(text)
    if found:
        line, column = line_column(text[: found.start()])
        character = f"\\u{ord(found.group()):04x}"
        raise refuse(
            file,
            "bad_character",
            f"character {character} cannot stand in a scenario",
            line=line,
            column=column,
        )
    return text


def line_column(before: str) -> tuple[int, int]:
    """Line and column, from 1, of the character that follows the text."""
    line, start = 1, 0
    for end in _LINE_END.finditer(before):
        line, start = line + 1, end.end()
    return line, len(before) - start + 1

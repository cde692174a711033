"""Files made to hurt: each is refused in bounded time and memory, and the process lives."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.scenario.faults import Mark, ScenarioInvalid
from sandbox.scenario.load import check, load
from sandbox.scenario.overrides import apply
from sandbox.scenario.tree import MapNode

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
)

HOSTILE: dict[str, tuple[bytes, str]] = {
    "deep lists": (b"[" * 100_000, "too_deep"),
    "deep maps": (b"{a: " * 40_000, "too_deep"),
    "deep dashes": (b"- " * 100_000, "too_deep"),
    "billion laughs": (LAUGHS.encode(), "alias"),
    "holds itself": (b"a: &a [*a]\n", "alias"),
    "twenty megabytes": (b"a: " + b"x" * 20_000_000, "too_large"),
    "null character": (b"a: b\0c", "bad_character"),
    "escape character": (b"a: \x1b[31mred", "bad_character"),
    "UTF-16": ("a: b".encode("utf-16"), "encoding"),
    "UTF-16 without mark": ("a: b".encode("utf-16-le"), "encoding"),
    "Latin-1": ("a: \u00e9t\u00e9".encode("latin-1"), "encoding"),
    "gzip": (gzip.compress(b"a: b"), "not_yaml"),
    "Parquet": (b"PAR1\x00\x00", "not_yaml"),
    "many values": (b"a: [" + b"1," * 100_000 + b"]", "too_many_nodes"),
    "many keys": (b"".join(b"k%d: 1\n" % n for n in range(20_000)), "too_many_nodes"),
    "long text": (b"a: " + b"x" * 200_000, "text_too_long"),
    "long number": (b"a: " + b"9" * 5_000, "number_format"),
    "bad numbers": (b"a: [" + b"1e3," * 11_000 + b"]", "number_format"),
    "unknown keys": (b"".join(b"polisy%d: 1\n" % n for n in range(5_500)), "unknown_key"),
    "same key": (b"policy: 1\n" * 5_500, "duplicate_key"),
    "addresses in comments": (b"# http://a.b\n" * 19_000, "network_url"),
    "words in comments": (b"# " + b"abc abc abc abc abc abc abc abc abc abc abc 1 " * 5_000, "empty"),
    "dashes in comments": (b"# " + b"a-" * 120_000, "empty"),
    "dots in comments": (b"# " + b"a." * 120_000, "empty"),
    "questions": (b"?\n" * 100_000, "bad_key"),
    "exclamations": (b"!" * 250_000, "tag"),
    "impossible character": (b'a: "\\U00110000"', "syntax"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(tmp_path: Path, name: str) -> None:
    data, code = HOSTILE[name]
    (tmp_path / "x.yaml").write_bytes(data)
    faults = check(tmp_path / "x.yaml")
    assert code in {fault.code for fault in faults}
    assert len(faults) <= 201


#: The peak is read from the process's own memory map: getrusage would carry over the parent's peak.
MEASURED = """
import sys
from pathlib import Path
from sandbox.scenario.load import check
for path in sorted(Path(sys.argv[1]).iterdir()):
    check(path)
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""


def test_hostile_files_neither_hang_nor_fill_the_memory(tmp_path: Path) -> None:
    """All of them in one process of its own; the limit of time only says that it is not for ever."""
    for number, (data, _) in enumerate(HOSTILE.values()):
        (tmp_path / f"{number}.yaml").write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert int(done.stdout) < 300 * 1024


def test_a_folder_a_pipe_a_device_and_a_loop_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero"), tmp_path / "loop"):
        assert [fault.code for fault in check(path)] == ["unreadable_file"], path


@pytest.mark.parametrize("name", ["x" * 5_000, "a\0b", "absent.yaml", ""])
def test_a_name_that_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    (fault,) = check(name)
    assert fault.code in ("no_file", "unreadable_file")


def test_a_chain_of_large_parents_is_refused(tmp_path: Path) -> None:
    filler = b"".join(b"# filler %d\n" % n for n in range(18_000))
    for number in range(17):
        parent = b"extends: x%d.yaml\n" % (number - 1) if number else b""
        (tmp_path / f"x{number}.yaml").write_bytes(parent + b"schema: 1\n" + filler)
    faults = check(tmp_path / "x16.yaml")
    assert [fault.code for fault in faults] == ["extends_too_deep"]


def test_the_same_bad_input_gives_the_same_lines(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"polisy: 1\npolicies: {banks: 1e3}\npolisy: 0\n")
    with pytest.raises(ScenarioInvalid) as first:
        load(tmp_path / "x.yaml")
    with pytest.raises(ScenarioInvalid) as second:
        load(tmp_path / "x.yaml")
    assert str(first.value) == str(second.value)


def test_an_override_with_a_thousand_steps_is_answered() -> None:
    root = MapNode({}, Mark("x.yaml", 1, 1))
    _, faults = apply(root, [".".join("a" * 200) + "=1"])
    assert [fault.code for fault in faults] in ([], ["bad_override"])

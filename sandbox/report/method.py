"""How a result was made, as rows of name and value, and the command that makes it again."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.report.comparing import Difference, typical_variance_reduction
from sandbox.report.runfolder import RunFolder
from sandbox.report.wording import day, local, number, percent, say


def run_command(manifest: Mapping[str, Any]) -> str:
    """The command that makes the same journal again."""
    scenario, engines = manifest["scenario"], manifest.get("engines", {})
    words = ["sandbox", "run", str(scenario.get("file") or scenario["name"])]
    for override in scenario.get("sets", ()):
        words += ["--set", str(override)]
    words += ["--seed", str(manifest["seed"])]
    if manifest["replication"]:
        words += ["--replication", str(manifest["replication"])]
    for engine, option in (("evm", "--evm-engine"), ("bitcoin", "--bitcoin-engine")):
        if engines.get(engine):
            words += [option, str(engines[engine])]
    return shlex.join(words)


def compare_command(comparison: Mapping[str, Any], runs: Sequence[RunFolder]) -> str:
    """The command that makes the same comparison again."""
    scenarios = [
        str(run.manifest["scenario"].get("file") or run.manifest["scenario"]["name"]) for run in runs
    ]
    words = ["sandbox", "compare", *scenarios, "--reps", str(comparison.get("replications", 1))]
    return shlex.join([*words, "--seed", str(comparison.get("seed", runs[0].manifest["seed"]))])


def scenario_name(run: RunFolder) -> str:
    """The name under which the scenario was run."""
    return str(run.manifest["scenario"]["name"])


def run_method(run: RunFolder) -> tuple[tuple[str, str], ...]:
    """How one run was made: scenario, seed, window, audit, digest, engines, versions."""
    manifest = run.manifest
    name, digest = scenario_name(run), manifest["scenario"].get("hash", "–")
    times = {
        "start": _day(run, 0),
        "end": _day(run, run.horizon),
        "first": _day(run, run.warm_up),
        "last": _day(run, run.horizon - run.cool_down),
    }
    return _named(
        ("scenario", say("method.hashed", name=name, hash=digest)),
        ("seed", say("method.seeded", seed=manifest["seed"], replication=manifest["replication"])),
        ("replications_here", say("method.single")),
        ("simulated_time", say("method.times", **times)),
        ("status", say(f"status.{manifest.get('status', '–')}")),
        ("audit", _verdict(manifest.get("audit"))),
        ("digest", str(manifest.get("journal_digest", "–"))),
        ("records", number(int(run.rows("select count(*) from journal")[0][0]))),
        ("engines", _pairs(manifest.get("engines", {}))),
        ("versions", _pairs(manifest.get("versions", {}))),
    )


def comparison_method(
    comparison: Mapping[str, Any], runs: Sequence[RunFolder], found: Sequence[Difference]
) -> tuple[tuple[str, str], ...]:
    """How a comparison was made: arms, pairing, interval, what common random numbers gained."""
    gain = typical_variance_reduction(found)
    gained = say("method.no_gain")
    if gain is not None:
        gained = say("method.gain", gain=local(f"{gain:.1f}"))
    rows = _named(
        ("baseline", str(comparison["baseline"])),
        ("replications", say("method.paired", n=comparison.get("replications", "–"))),
        ("seed", str(comparison.get("seed", "–"))),
        ("interval", say("method.student", level=percent(float(comparison.get("level", 0.95)), digits=0))),
        ("common_random_numbers", gained),
        ("failed", str(len(comparison.get("failures", [])))),
    )
    arms = tuple((say("method.arm", name=scenario_name(run)), _arm(run)) for run in runs)
    return (
        *rows,
        *arms,
        *_named(
            ("engines", _pairs(runs[0].manifest.get("engines", {}))),
            ("versions", _pairs(runs[0].manifest.get("versions", {}))),
        ),
    )


def _named(*rows: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Rows with their names in the language spoken."""
    return tuple((say(f"row.{name}"), value) for name, value in rows)


def _arm(run: RunFolder) -> str:
    digest = run.manifest["scenario"].get("hash", "–")
    return say("method.arm_made", hash=digest, audit=_verdict(run.manifest.get("audit")))


def _verdict(audit: Any) -> str:
    verdict = audit.get("verdict", "–") if isinstance(audit, Mapping) else audit
    return say(f"audit.{verdict or '–'}")


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items()) or "–"


def _day(run: RunFolder, second: int) -> str:
    return day(run.clock.date(second))

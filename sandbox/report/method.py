"""How a result was made, as rows of name and value, and the command that makes it again."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.report.comparing import Difference, typical_variance_reduction
from sandbox.report.runfolder import RunFolder
from sandbox.report.wording import number


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
    observed = f"{_day(run, run.warm_up)} to {_day(run, run.horizon - run.cool_down)}"
    return (
        ("scenario", f"{scenario_name(run)}, hash {manifest['scenario'].get('hash', '–')}"),
        ("seed", f"{manifest['seed']}, replication {manifest['replication']}"),
        ("replications here", "1: a single run says nothing about chance; compare shows intervals"),
        ("simulated time", f"{_day(run, 0)} to {_day(run, run.horizon)}; observed window {observed}"),
        ("status", str(manifest.get("status", "–"))),
        ("audit", _verdict(manifest.get("audit"))),
        ("journal digest", str(manifest.get("journal_digest", "–"))),
        ("records in the journal", number(int(run.rows("select count(*) from journal")[0][0]))),
        ("engines", _pairs(manifest.get("engines", {}))),
        ("versions", _pairs(manifest.get("versions", {}))),
    )


def comparison_method(
    comparison: Mapping[str, Any], runs: Sequence[RunFolder], found: Sequence[Difference]
) -> tuple[tuple[str, str], ...]:
    """How a comparison was made: arms, pairing, interval, what common random numbers gained."""
    gain = typical_variance_reduction(found)
    gained = "no gain to report"
    if gain is not None:
        gained = f"variance of differences {gain:.1f} times smaller than unpaired (median of the headlines)"
    pairing = f"{comparison.get('replications', '–')} of each arm, paired on common random numbers"
    return (
        ("baseline", str(comparison["baseline"])),
        ("replications", pairing),
        ("seed", str(comparison.get("seed", "–"))),
        ("interval", "95%, Student's t on the paired differences; not corrected for looking at many metrics"),
        ("common random numbers", gained),
        ("failed replications", str(len(comparison.get("failures", [])))),
        *((f"arm {scenario_name(run)}", _arm(run)) for run in runs),
        ("engines", _pairs(runs[0].manifest.get("engines", {}))),
        ("versions", _pairs(runs[0].manifest.get("versions", {}))),
    )


def _arm(run: RunFolder) -> str:
    return f"hash {run.manifest['scenario'].get('hash', '–')}, audit {_verdict(run.manifest.get('audit'))}"


def _verdict(audit: Any) -> str:
    return str(audit.get("verdict", "–")) if isinstance(audit, Mapping) else str(audit or "–")


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items()) or "–"


def _day(run: RunFolder, second: int) -> str:
    return run.clock.date(second).isoformat()

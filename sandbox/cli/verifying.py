"""``sandbox verify``: the known-answer scorecard, and the published patterns beside it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox.cli.exits import Exit, Stop, complain
from sandbox.cli.printing import print_json, stdout_console
from sandbox.cli.wording import told
from sandbox.report.tables import Table
from sandbox.report.terminal import print_table
from sandbox.report.wording import local, say
from sandbox.validation import CHECKS, NOT_YET, Fit, UnknownCheck, Verdict, run_checks, run_patterns
from sandbox.validation.patterns import UNANSWERED

SCORECARD = "scorecard.json"


def verify_components(only: str | None, full: bool, as_json: bool, out: Path | None) -> Exit:
    """Run the checks, then the patterns (unless single checks were asked for); 6 if a check fails.

    Patterns are findings about the calibration: they are told, and the exit code does not hang on them.
    """
    named = [name for name in (part.strip() for part in (only or "").split(",")) if name] if only else None
    if only is not None and not named:
        raise Stop(Exit.USAGE, "error: --only names no check")
    try:
        verdicts = run_checks(quick=not full, only=named, told=_tell)
    except UnknownCheck as unknown:
        raise Stop(Exit.USAGE, f"error: {unknown}") from None
    fits = [] if named else list(run_patterns(quick=not full))
    document = _document(verdicts, fits, full)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / SCORECARD).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    if as_json:
        print_json(document)
    else:
        _print(verdicts, fits)
    return Exit.DONE if all(verdict.passed for verdict in verdicts) else Exit.MISMATCH


def _tell(verdict: Verdict) -> None:
    """One line on stderr as each check ends, since the whole takes a minute."""
    word = "pass" if verdict.passed else "FAIL"
    seconds = f"{verdict.seconds:5.1f} {say('span.s')}"
    complain(f"{verdict.check.id} {told(word)} {local(seconds)}  {told(verdict.check.sentence)}")


def _document(verdicts: Sequence[Verdict], fits: Sequence[Fit], full: bool) -> dict[str, Any]:
    return {
        "schema": "sandbox.scorecard/1",
        "effort": "full" if full else "quick",
        "passed": all(verdict.passed for verdict in verdicts),
        "checks": [verdict.to_dict() for verdict in verdicts],
        "patterns": [fit.to_dict() for fit in fits],
        "not_yet": [{"id": id_, "why": why} for id_, why in (*NOT_YET, *UNANSWERED)],
    }


def _print(verdicts: Sequence[Verdict], fits: Sequence[Fit]) -> None:
    console = stdout_console()
    print_table(_checks(verdicts), console)
    if fits:
        print_table(_patterns(fits), console)
    faults = [
        told(f"{verdict.check.id} fails: {reading.what}: {reading.fault}")
        for verdict in verdicts
        for reading in verdict.readings
        if not reading.passed
    ]
    ruled_out = [fit for fit in fits if not fit.plausible]
    right = sum(verdict.passed for verdict in verdicts)
    lines = [told(f"{right} of {len(verdicts)} checks pass ({len(CHECKS)} exist).")]
    if fits:
        lines.append(
            told(
                f"{len(fits) - len(ruled_out)} of {len(fits)} published figures are within three standard deviations; "
                "this says how well the model is calibrated and does not change the exit code."
            )
        )
        lines += [told(f"not yet possible: {id_}: {why}") for id_, why in (*NOT_YET, *UNANSWERED)]
    for line in (*lines, *faults):
        console.print(line, markup=False, highlight=False, soft_wrap=not console.is_terminal)


def _checks(verdicts: Sequence[Verdict]) -> Table:
    rows = [
        (
            verdict.check.id,
            told(reading.what),
            _number(reading.expected),
            told(str(reading.published or "-")),
            _number(reading.got),
            _number(reading.tolerance),
            str(reading.samples) if reading.samples else "-",
            told("pass" if reading.passed else "FAIL"),
        )
        for verdict in verdicts
        for reading in verdict.readings
    ]
    headings = ("check", "quantity", "expected", "published", "got", "tolerance", "samples", "verdict")
    return Table(caption=told("known answers"), headings=tuple(map(told, headings)), rows=tuple(rows))


def _patterns(fits: Sequence[Fit]) -> Table:
    rows = [
        (
            fit.pattern.id,
            told(fit.pattern.what),
            told(fit.pattern.published),
            _number(fit.sample.value),
            local(f"{fit.misfit:.2f}"),
            told("plausible" if fit.plausible else "ruled out"),
        )
        for fit in fits
    ]
    headings = ("pattern", "quantity", "published", "got", "misfit", "reading")
    return Table(caption=told("published patterns"), headings=tuple(map(told, headings)), rows=tuple(rows))


def _number(value: float) -> str:
    """Six significant digits; a dash for none."""
    return local(f"{value:.6g}") if value == value else "-"

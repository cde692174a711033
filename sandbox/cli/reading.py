"""Commands that read a finished run: report, explain, verify-files."""

from pathlib import Path

from sandbox.cli.exits import Exit, Stop, complain
from sandbox.cli.printing import print_json
from sandbox.cli.wording import told
from sandbox.experiment.folder import MANIFEST, add_file, read_manifest


def single_run(folder: Path) -> Path:
    """The folder itself if it holds one run. Raises Stop with a line that says what to name instead."""
    try:
        manifest = read_manifest(folder)
    except ValueError as fault:
        raise Stop(Exit.UNREADABLE, f"error: {folder / MANIFEST}: {fault}") from None
    if runs := manifest.get("replications"):
        first = folder / str(runs[0]["folder"])
        raise Stop(Exit.USAGE, f"error: {folder} holds {len(runs)} runs; name one of them, such as {first}")
    if "clock" not in manifest:
        raise Stop(Exit.UNREADABLE, f"error: {folder} is not a run folder")
    return folder


def write_report(folder: Path, output: Path | None, kind: str = "html") -> Exit:
    """Write the report of a run, comparison, sweep or experiment, or a twin of it, into its folder or elsewhere."""
    from sandbox.report.assemble import COMPARISON_DOCUMENT, build_report, report_comparison, write_page
    from sandbox.report.sweeping import is_sweep, sweep_page
    from sandbox.report.workbook import MissingWriter

    try:
        if (folder / COMPARISON_DOCUMENT).is_file():
            path = report_comparison(folder, output, kind)
        elif is_sweep(folder):
            path = write_page(sweep_page(folder), output or folder / f"report.{kind}", kind)
        else:
            path = build_report(single_run(folder), output, kind)
    except MissingWriter as missing:
        raise Stop(Exit.USAGE, f"error: {missing}") from None
    if output is None and (folder / MANIFEST).is_file():
        add_file(folder, path.name)
    print(path)
    return Exit.DONE


def explain_payment(folder: Path, payment: str, as_json: bool) -> Exit:
    """Print the story of one payment."""
    from sandbox.report.explain import UnknownPayment, explain

    story = explain(single_run(folder), payment)
    if isinstance(story, UnknownPayment):
        raise Stop(Exit.USAGE, f"error: {story.text}")
    if as_json:
        print_json(story.to_dict())
    else:
        print(story.to_text(), end="")
    return Exit.DONE


def verify(folder: Path, as_json: bool) -> Exit:
    """Compare files with their sums; each that differs is named."""
    from sandbox.experiment.verification import mismatches

    wrong = mismatches(folder)
    if as_json:
        print_json({"schema": "sandbox.verification/1", "folder": str(folder), "mismatches": wrong})
    else:
        for line in wrong:
            complain(line)
        if not wrong:
            print(told(f"{folder}: every file is as it was written"))
    return Exit.MISMATCH if wrong else Exit.DONE

"""``sandbox test``: what scenarios expect of themselves, held to runs of theirs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from sandbox.cli.exits import Exit, Stop
from sandbox.cli.printing import print_json, print_pairs, stdout_console
from sandbox.cli.running import exit_of_failures, load_asked, run_tasks
from sandbox.cli.validating import scenario_files
from sandbox.experiment.design import Arm, Design, distinct
from sandbox.experiment.executor import Outcome
from sandbox.experiment.expectations import Verdict, judge
from sandbox.experiment.folder import claim, point_latest, write_text
from sandbox.experiment.gathering import gather, means_of, open_gathering
from sandbox.experiment.record import Origin
from sandbox.experiment.replications import ArmSpec
from sandbox.report.expected import verdict_text
from sandbox.report.inert import visible
from sandbox.report.wording import say
from sandbox.scenario.load import Loaded
from sandbox.scenario.schema import Scenario
from sandbox.world import Engines

SCHEMA = "sandbox.expectations/1"

#: What XML cannot carry, however it is escaped.
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class AskedTest:
    """What the command line asked for."""

    paths: Sequence[str]
    only: str
    sets: tuple[str, ...]
    seed: int
    reps: int
    jobs: int
    evm: Any
    bitcoin: Any
    parent: Path
    junit: Path | None
    as_json: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """A scenario, and what came of its expectations."""

    name: str
    file: str
    verdicts: tuple[Verdict, ...]
    failure: str
    """Why there is nothing to judge, in a line; empty if every replication is whole."""

    @property
    def holds(self) -> bool:
        """Whether everything expected was found."""
        return not self.failure and all(verdict.holds for verdict in self.verdicts)


def try_scenarios(asked: AskedTest) -> Exit:
    """Run every scenario that expects something, and judge; 4 if an expectation does not hold.

    Raises ScenarioInvalid before anything runs if a file cannot be used, and Stop if no file is left to try.
    """
    chosen = [name for name in scenario_files(asked.paths) if asked.only in Path(name).stem]
    loaded = {name: load_asked(name, asked.sets) for name in chosen}
    expecting = {name: each for name, each in loaded.items() if each[0].scenario.expect}
    if not expecting:
        raise Stop(Exit.USAGE, f"error: {say('test.nothing', count=len(chosen))}")
    folder = claim(asked.parent, f"test-s{asked.seed}")
    point_latest(folder)
    design = _design(expecting, folder, asked)
    open_gathering(folder, "tests", design)
    outcomes = run_tasks(design.tasks(), asked.jobs, "test", folder)
    tried = [
        _tried(arm.name, loaded_scenario, [each for each in outcomes if each.task.arm == arm])
        for arm, (loaded_scenario, _) in zip(design.arms, expecting.values(), strict=True)
    ]
    document = _document(folder, tried, [name for name in chosen if name not in expecting])
    runs = gather(folder, "tests", design, outcomes, {"expectations.json": document})
    if asked.junit is not None:
        write_text(asked.junit, junit(tried))
    if asked.as_json:
        print_json(document)
    else:
        _print(tried, document["without"], folder)
    wrong = Exit.DONE if all(each.holds for each in tried) else Exit.EXPECTATION
    return exit_of_failures(outcomes, runs) or wrong


def _design(expecting: dict[str, tuple[Loaded[Scenario], Origin]], folder: Path, asked: AskedTest) -> Design:
    names = distinct([origin.name for _, origin in expecting.values()])
    arms = tuple(
        Arm(name, ArmSpec(origin, each.hash, Engines(asked.evm, asked.bitcoin), folder / name))
        for name, (each, origin) in zip(names, expecting.values(), strict=True)
    )
    return Design(arms, asked.reps, asked.seed)


def _tried(name: str, loaded: Loaded[Scenario], outcomes: Sequence[Outcome]) -> Tried:
    """Means over the replications, held against what the scenario expects."""
    file = outcomes[0].task.arm.spec.origin.file
    failed = [outcome.failure.strip().splitlines()[-1] for outcome in outcomes if outcome.failed]
    verdicts = () if failed else tuple(judge(loaded.scenario.expect, means_of(outcomes)))
    return Tried(name, file, verdicts, failed[0] if failed else "")


def _document(folder: Path, tried: Sequence[Tried], without: Sequence[str]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "run_folder": str(folder),
        "scenarios": [
            {
                "name": each.name,
                "file": each.file,
                "holds": each.holds,
                "failure": each.failure or None,
                "expectations": [verdict.to_dict() for verdict in each.verdicts],
            }
            for each in tried
        ],
        "without": list(without),
    }


def _print(tried: Sequence[Tried], without: Sequence[str], folder: Path) -> None:
    console = stdout_console()
    for each in tried:
        for line in [each.failure] if each.failure else [verdict_text(v) for v in each.verdicts]:
            console.print(visible(f"{each.name}: {line}"), markup=False, highlight=False, soft_wrap=True)
    judged = [verdict for each in tried for verdict in each.verdicts]
    held = sum(verdict.holds for verdict in judged)
    pairs = [(say("test.held"), say("test.of", held=held, count=len(judged)))]
    if without:
        pairs.append((say("test.without"), ", ".join(visible(Path(name).stem) for name in without)))
    print_pairs(console, [*pairs, (say("terminal.folder"), str(folder))])


def junit(tried: Sequence[Tried]) -> str:
    """The verdicts as a JUnit file: a suite a scenario, a case an expectation, for the tools that read such files."""
    root = ElementTree.Element("testsuites", name="sandbox test")
    for each in tried:
        cases = [_case(verdict) for verdict in each.verdicts] or [("run", each.failure)]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=_xml(each.name),
            tests=str(len(cases)),
            failures=str(0 if each.failure else sum(bool(message) for _, message in cases)),
            errors=str(int(bool(each.failure))),
        )
        for name, message in cases:
            case = ElementTree.SubElement(suite, "testcase", classname=_xml(each.name), name=_xml(name))
            if message:
                kind = "error" if each.failure else "failure"
                ElementTree.SubElement(case, kind, message=_xml(message))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(verdict: Verdict) -> tuple[str, str]:
    """What was expected, and why it was not found."""
    group = "".join(f", {key} {value}" for key, value in sorted(verdict.by.items()))
    bounds = " ".join(
        f"{sign} {bound:g}" for sign, bound in ((">=", verdict.min), ("<=", verdict.max)) if bound is not None
    )
    return f"{verdict.metric}{group} {bounds}", "" if verdict.holds else verdict.text


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)

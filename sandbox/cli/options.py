"""Arguments and options that several commands share."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

MOST_SEED = 2**63 - 1

ScenarioFile = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="Scenario file, name of a shipped scenario, or - for stdin.")
]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="Run folder, such as runs/latest.")]
ResultFolder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of a run, comparison or sweep.")]
Format = Annotated[
    Literal["html", "md", "json", "xlsx", "csv"],
    typer.Option("--format", help="The report as a page, or its twin as Markdown, JSON, workbook or rows."),
]
Seed = Annotated[int, typer.Option(min=0, max=MOST_SEED, help="Seed of all random streams.")]
Jobs = Annotated[int, typer.Option(min=1, max=256, help="Replications at the same time.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="A.B=C", help="Change one value; repeatable.")
]
Layers = Annotated[
    list[Path] | None,
    typer.Option("--parameters", metavar="FILE", help="Own parameters laid over the library; repeatable."),
]
Parent = Annotated[Path, typer.Option("--out", help="Folder in which a new run folder is made.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
EvmEngine = Annotated[Literal["revm", "eth-tester"] | None, typer.Option(help="Engine of the EVM chains.")]
Resume = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Go on with a folder that was interrupted.")
]
Language = Annotated[Literal["en", "ru"], typer.Option("--lang", help="Language of what people read.")]
BitcoinEngine = Annotated[
    Literal["kernel", "python"] | None, typer.Option(help="Engine of the Bitcoin chain.")
]


def settings(sets: list[str] | None, files: list[Path] | None) -> tuple[str, ...]:
    """All that changes the scenario, as overrides, so that workers and replays are told by them alone."""
    named = (
        f"parameters_files.option-{at}={json.dumps(str(file), ensure_ascii=False)}"
        for at, file in enumerate(files or (), start=1)
    )
    return (*(sets or ()), *named)

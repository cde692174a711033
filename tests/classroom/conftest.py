"""Games played once for all tests: the same first two quarters, and what may follow them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sandbox.classroom.game.decisions import Decision
from sandbox.classroom.game.objectives import ASKED
from sandbox.classroom.game.scenario import scenario_text
from sandbox.experiment.run_facts import facts_of
from sandbox.metrics import BY_NAME, Measured, compute_all
from sandbox.scenario.load import Loaded, load
from sandbox.scenario.schema import Scenario
from sandbox.simulation import simulate

SEED = 3
CAREFUL = Decision(admit=2, aml_analysts=2, kyc_analysts=2, rails=["usdt", "btc"])
OPEN = Decision(
    admit=8,
    officers=3,
    order_officers=3,
    kyc_analysts=3,
    aml_analysts=3,
    cap_millions=0,
    rails=["usdt", "btc"],
)
STRICT = Decision(admit=0, inspections=4, cap_millions=1, rails=[])


class Played:
    """One game as far as it was played: the folder of its run."""

    def __init__(self, folder: Path, decisions: Sequence[Decision]) -> None:
        self.decisions, self.folder = tuple(decisions), folder
        folder.mkdir()
        (folder / "scenario.yaml").write_text(scenario_text(decisions, SEED), encoding="utf-8")
        self.loaded: Loaded[Scenario] = load(folder / "scenario.yaml")
        self.run = simulate(self.loaded, seed=SEED, directory=folder)
        assert self.run.status == "complete", self.run.violation

    def measures(self, folder: Path | None = None) -> list[Measured]:
        """The metrics of the last quarter that objectives are made of."""
        asked = [BY_NAME[name] for name in sorted(ASKED)]
        return compute_all(folder or self.folder, facts_of(self.loaded), asked)


@pytest.fixture(scope="session")
def play(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Played]:
    """Plays a game; the same decisions are played once."""
    games: dict[str, Played] = {}

    def played(*decisions: Decision) -> Played:
        name = str(decisions)
        if name not in games:
            games[name] = Played(tmp_path_factory.mktemp("game") / "run", decisions)
        return games[name]

    return played

"""Every kind of page there is, with a finished run and a finished comparison to show, and how to bring it about."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.page.conftest import LONG, SHORT
from tests.page.processes import Served

#: The same scenario, a day shorter: something to compare it with.
SHORTER = SHORT.replace("horizon: 6d", "horizon: 5d")
FAULTY = "extends: classroom.yaml\npolicy: {kyc_analist: 4}\nrails: {usdt: {confirmations: -2}}\n"


@dataclass(frozen=True, slots=True)
class View:
    """A page in a state that it can be in."""

    address: str
    before: Callable[[Any], None] | None = None
    """What somebody did before coming here."""
    act: Callable[[Any], None] | None = None
    """What somebody does here before it looks as it should."""

    def open(self, page: Any) -> None:
        """Bring the page there, and wait until what scripts draw is drawn."""
        if self.before:
            self.before(page)
        page.goto(self.address)
        drawn(page)
        if self.act:
            self.act(page)


def drawn(page: Any) -> None:
    """Wait until what scripts draw is drawn."""
    for place in page.locator(".chart[data-figure]").all():
        place.locator(".main-svg").first.wait_for()
    if page.locator("#playback").count():
        page.locator("#playback[data-ready=yes]").wait_for()


def finished_run(served: Served, text: str = SHORT, seed: int = 5) -> str:
    """The address of a finished run."""
    _, job = served.ask("POST", "/api/runs", {"text": text, "seed": seed})
    assert served.wait(f"/api/runs/{job['id']}", "complete", "failed")["state"] == "complete"
    return f"/runs/{job['id']}"


def finished_comparison(served: Served) -> str:
    """The address of a finished comparison."""
    document = {
        "baseline": {"text": SHORT},
        "alternatives": [{"text": SHORTER}],
        "seed": 5,
        "replications": 2,
    }
    _, job = served.ask("POST", "/api/comparisons", document)
    assert served.wait(f"/api/comparisons/{job['id']}", "complete", "failed")["state"] == "complete"
    return f"/comparisons/{job['id']}"


def views(served: Served, run: str, other: str, comparison: str) -> dict[str, View]:
    """Every kind of page by name; ``other`` is a second run to put beside the first."""
    ids = [address.rpartition("/")[2] for address in (run, other)]
    found = {
        "home": View("/"),
        "runs": View("/runs"),
        "compare": View("/compare"),
        "editor": View("/editor"),
        "editor-offers": View("/editor", act=_offer),
        "editor-faults": View("/editor", act=_faults),
        "error-nothing": View("/nothing-here"),
        "error-no-run": View("/runs/0000000000000000"),
        "error-question": View("/runs?limit=-3"),
        "run": View(run),
        "comparison": View(comparison),
        "beside": View(f"/beside?first={ids[0]}&second={ids[1]}"),
        "playback": View(f"{run}/playback?at=300000"),
        "playback-playing": View(f"{run}/playback?at=205200&speed=3600", act=_play),
        "payments": View(f"{run}/payments"),
        "payment-refused": View(f"{run}/payments/{_refused(served, run)}"),
        "chains": View(f"{run}/chains"),
        "search": View(f"{run}/search?q=supplier/1"),
        "search-nothing": View(f"{run}/search?q=nobody"),
    }
    for rail in ("usdt", "btc"):
        story = _credited(served, run, rail)
        proof = next(each for each in story["proofs"] if each["hash"])
        chain = f"{run}/{proof['chain'].replace('chain/', 'chains/')}"
        holder = served.ask("GET", f"/api{chain}/balances")[1]["accounts"][0]["address"]
        found |= {
            f"payment-{rail}": View(f"{run}/payments/{story['payment']}"),
            f"chain-{rail}": View(chain),
            f"block-{rail}": View(f"{chain}/blocks/{proof['height']}"),
            f"transaction-{rail}": View(f"{chain}/transactions/{proof['transaction']}"),
            f"balances-{rail}": View(f"{chain}/balances"),
            f"address-{rail}": View(f"{chain}/addresses/{holder}"),
        }
    return found


def unfinished(served: Served) -> dict[str, View]:
    """A run that goes on, one that waits behind it, and one that was stopped. Nothing else may run meanwhile."""
    jobs = [served.ask("POST", "/api/runs", {"text": LONG, "seed": seed})[1]["id"] for seed in (21, 22, 23)]
    served.ask("POST", f"/api/runs/{jobs[2]}/cancel", {})
    names = ("progress", "progress-waiting", "progress-stopped")
    return {name: View(f"/runs/{job}") for name, job in zip(names, jobs, strict=True)}


def stop(served: Served, shown: dict[str, View]) -> None:
    """Stop what still goes on."""
    for view in shown.values():
        served.ask("POST", f"/api{view.address}/cancel", {})


def _refused(served: Served, run: str) -> str:
    """The first payment that was refused somewhere and tried again."""
    listed = served.ask("GET", f"/api{run}/payments?limit=200")[1]["payments"]
    return next(str(each["payment"]) for each in listed if each["attempts"] > 1)


def _payment(served: Served, run: str, chosen: str) -> str:
    """The first payment that was chosen so."""
    return str(served.ask("GET", f"/api{run}/payments?{chosen}&limit=1")[1]["payments"][0]["payment"])


def _credited(served: Served, run: str, rail: str) -> Any:
    """The story of a credited payment of that rail."""
    number = _payment(served, run, f"rail={rail}&ending=CREDITED")
    return served.ask("GET", f"/api{run}/payments/{number}")[1]


def _offer(page: Any) -> None:
    """Type the beginning of a key, and get names to choose from."""
    text = page.locator("#text")
    text.fill("extends: classroom.yaml\nrails: {usdt: {")
    text.press("End")
    page.keyboard.type("c")
    page.get_by_role("option", name=re.compile("^confirmations")).wait_for()
    page.keyboard.press("ArrowDown")


def _faults(page: Any) -> None:
    """Have a text checked that is not in order."""
    page.locator("#text").fill(FAULTY)
    page.locator("button[value=check]").click()
    page.get_by_role("alert").wait_for()
    drawn(page)


def _play(page: Any) -> None:
    """Play for a moment; where motion is unwelcome, time goes in steps."""
    page.locator("#play").click()
    page.wait_for_timeout(2_500)

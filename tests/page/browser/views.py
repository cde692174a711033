"""Every kind of page there is, with a finished run and a finished comparison to show."""

from typing import Any

from tests.page.conftest import SHORT
from tests.page.processes import Served

#: The same scenario, a day shorter: something to compare it with.
SHORTER = SHORT.replace("horizon: 6d", "horizon: 5d")


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


def views(served: Served, run: str, other: str, comparison: str) -> dict[str, str]:
    """Name and address of every kind of page; ``other`` is a second run to put beside the first."""
    ids = [address.rpartition("/")[2] for address in (run, other)]
    found = {
        "home": "/",
        "runs": "/runs",
        "compare": "/compare",
        "editor": "/editor",
        "nothing": "/nothing-here",
        "run": run,
        "comparison": comparison,
        "beside": f"/beside?first={ids[0]}&second={ids[1]}",
        "playback": f"{run}/playback?at=300000",
        "payments": f"{run}/payments",
        "chains": f"{run}/chains",
        "search": f"{run}/search?q=supplier/1",
        "search-nothing": f"{run}/search?q=nobody",
    }
    for rail in ("usdt", "btc"):
        story = _credited(served, run, rail)
        proof = next(each for each in story["proofs"] if each["hash"])
        chain = f"{run}/{proof['chain'].replace('chain/', 'chains/')}"
        holder = served.ask("GET", f"/api{chain}/balances")[1]["accounts"][0]["address"]
        found |= {
            f"payment-{rail}": f"{run}/payments/{story['payment']}",
            f"chain-{rail}": chain,
            f"block-{rail}": f"{chain}/blocks/{proof['height']}",
            f"transaction-{rail}": f"{chain}/transactions/{proof['transaction']}",
            f"balances-{rail}": f"{chain}/balances",
            f"address-{rail}": f"{chain}/addresses/{holder}",
        }
    return found


def _credited(served: Served, run: str, rail: str) -> Any:
    """The story of a credited payment of that rail."""
    listed = served.ask("GET", f"/api{run}/payments?rail={rail}&ending=CREDITED&limit=1")[1]["payments"]
    return served.ask("GET", f"/api{run}/payments/{listed[0]['payment']}")[1]

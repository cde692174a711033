"""The scenarios about banks and agents, shortened: what each changes does change, in the direction it is for."""

from pathlib import Path

from sandbox.journal.reader import JournalReader
from sandbox.scenario.load import load
from sandbox.simulation import simulate

SMALL = ("population.importers=60", "population.payments_per_business_day=20.0")


def told(folder: Path, name: str, *sets: str) -> JournalReader:
    """The journal of a shipped scenario with fewer firms."""
    directory = folder / name
    directory.mkdir()
    run = simulate(load(name, sets=[*SMALL, *sets]), seed=1, directory=directory, chain_tables=False)
    assert run.status == "complete", run.violation
    return JournalReader(directory)


def attempts(reader: JournalReader, rail: str, state: str, since: int) -> int:
    """Attempts over a rail that entered a state from a second on."""
    found = reader.sql(
        "SELECT count(*) FROM transitions WHERE rail = ? AND state_entered = ? AND time >= ?",
        (f"rail/{rail}", state, since),
    )
    return int(found[0][0])


def share_returned(reader: JournalReader, since: int) -> float:
    """Returns for each direct payment sent."""
    sent, back = (attempts(reader, "correspondent", state, since) for state in ("IN_FLIGHT", "RETURNED"))
    return back / sent


def test_under_more_pressure_more_comes_back_and_banks_decline_more(tmp_path: Path) -> None:
    sets = (
        "clock.start=2024-12-16",
        "clock.horizon=100d",
        "clock.warm_up=5d",
        "clock.cool_down=5d",
        "policy.opens=2024-12-16",
        "policy.application_desk=false",
        "policy.participants.initial=30",
        "parameters.bank.derisk_logit_shift=6",
    )
    calm, hard = (told(tmp_path, name, *sets) for name in ("elr-2024", "sanctions-pressure"))
    struck = 25 * 86_400
    warned = "SELECT time FROM journal WHERE kind = 66 AND time = ?"
    assert len(hard.sql(warned, (struck,))) == 2 and not calm.sql(warned, (struck,))
    assert share_returned(hard, struck) > share_returned(calm, struck) + 0.05
    declined = "SELECT count(*) FROM transitions WHERE state_entered = 'REJECTED' AND reason = 'AG01'"
    assert hard.sql(declined)[0][0] > calm.sql(declined)[0][0]


def test_with_fewer_agents_more_is_paid_directly(tmp_path: Path) -> None:
    sets = ("clock.start=2027-06-01", "clock.horizon=110d", "clock.warm_up=5d", "clock.cool_down=5d")
    free, ruled = (told(tmp_path, name, *sets) for name in ("agents-2027", "agent-rule"))
    struck = 30 * 86_400
    until = "SELECT count(*) FROM journal WHERE time < ?"
    assert free.sql(until, (struck,)) == ruled.sql(until, (struck,)), "the same world before the rule"
    by_agent = [attempts(reader, "agent", "IN_FLIGHT", struck) for reader in (free, ruled)]
    directly = [attempts(reader, "correspondent", "IN_FLIGHT", struck) for reader in (free, ruled)]
    assert by_agent[1] < 0.9 * by_agent[0] and directly[1] > 1.3 * directly[0]
    fees = "SELECT sum(amount)::BIGINT, count(*) FROM postings WHERE purpose = 'AGENT_FEE' AND time >= ?"
    since = struck + 20 * 86_400
    mean = [total / count for reader in (free, ruled) for total, count in reader.sql(fees, (since,))]
    assert mean[1] > 1.15 * mean[0]

"""The shipped strategies give lawful values, reach what they promise, and shrink to something small."""

from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from sandbox.chains.evm import EvmChain, artefact
from sandbox.journal import Journal, Kind
from sandbox.money import MAX_UNITS, Asset, Rate, format_units, parse_units
from sandbox.payments import Payment, order_hash
from sandbox.scenario.faults import ScenarioInvalid
from sandbox.testing import (
    TokenCall,
    amounts,
    assert_audited,
    asset_rates,
    broken,
    load_document,
    moments,
    orders,
    play,
    prices_e8,
    run_scenario,
    scenarios,
    timeline_events,
    token_calls,
    willing_scenario,
)
from sandbox.testing.documents import EVENT_KINDS, RAILS, Document
from sandbox.testing.edits import Broken
from sandbox.testing.values import FIRST_DAY

WHOLE_RUNS = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
LOADS = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
QUICK = settings(
    database=None,
    deadline=None,
    max_examples=400,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@given(st.sampled_from(Asset).flatmap(lambda asset: st.tuples(st.just(asset), amounts(asset))))
def test_amounts_fit_the_journal_and_can_be_written(drawn: tuple[Asset, int]) -> None:
    asset, units = drawn
    assert type(units) is int and 0 < units <= MAX_UNITS
    if units < 10**18 * asset.scale:
        text = format_units(units, asset).split()[0].replace(",", "")
        assert parse_units(text, asset) == units


@given(st.data(), st.integers(1, 10**12))
def test_amounts_and_prices_keep_their_bound(data: st.DataObject, most: int) -> None:
    assert 1 <= data.draw(amounts(Asset.RUB, most)) <= most
    assert 1 <= data.draw(prices_e8(most)) <= most


def test_an_amount_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        amounts(Asset.RUB, 0)


@given(asset_rates())
def test_rates_are_exact_both_ways(rate: Rate) -> None:
    assert rate.base is not rate.quote
    assert rate.inverse().inverse() == rate


@given(moments(seconds=3 * 86_400))
def test_moments_are_read_and_stay_in_their_stretch(text: str) -> None:
    first = datetime.fromisoformat(FIRST_DAY.isoformat())
    assert timedelta(0) <= datetime.fromisoformat(text) - first < timedelta(days=3)


@given(orders(), st.integers(0, 50))
def test_orders_are_untouched_payments(order: Payment, rail: int) -> None:
    assert order.state == 0 and order.invoice_cents > 0 and order.payout_units > 0
    assert (order.due == -1) == order.prepaid and (order.prepaid or order.due > order.created)
    assert 0 <= order_hash(order, rail) < 2**63
    with Journal(lambda: order.created) as journal:
        journal.record(Kind.CREATED, order.number, 0, 0, -1, order.invoice_cents, order.due)


# -- scenarios ------------------------------------------------------------------------------------------


@LOADS
@given(scenarios())
def test_documents_load(document: Document) -> None:
    loaded = load_document(document)
    again = load_document(document)
    assert loaded.hash == again.hash


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_events_of_every_kind_load(kind: str) -> None:
    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def load_one(data: st.DataObject) -> None:
        document = data.draw(scenarios(events=0, willing=False))
        event = data.draw(timeline_events(FIRST_DAY, 86_400, [kind]))
        timeline = load_document(document | {"timeline": {"it": event}}).scenario.timeline
        assert timeline["it"].kind == kind

    load_one()


@WHOLE_RUNS
@given(scenarios(), st.integers(0, 2**32))
def test_generated_worlds_pass_the_audit(document: Document, seed: int) -> None:
    with TemporaryDirectory() as folder:
        assert_audited(run_scenario(document, Path(folder), seed=seed))


@settings(max_examples=30, deadline=None)
@given(st.data(), st.sampled_from(RAILS))
def test_the_rails_asked_for_are_the_rails_there_are(data: st.DataObject, rail: str) -> None:
    assert list(data.draw(scenarios(rails=[rail]))["rails"]) == [rail]


def test_scenarios_shrink_to_one_firm_and_no_events() -> None:
    smallest = find(scenarios(), lambda document: "usdt" in document["rails"], settings=QUICK)
    assert smallest["population"] == {
        "importers": 1,
        "payments_per_business_day": 1,
        "suppliers_per_importer": 1,
        "hours": "always",
    }
    assert list(smallest["rails"]) == ["usdt"] and "timeline" not in smallest
    assert smallest["clock"]["horizon"] == "1d"


def test_unknown_rails_and_kinds_are_refused() -> None:
    for wrong in ({"rails": ["gold"]}, {"rails": ()}, {"kinds": ["meteor"]}):
        with pytest.raises(ValueError, match="not"):
            find(scenarios(**wrong), lambda document: True, settings=QUICK)


@LOADS
@given(scenarios().flatmap(broken))
def test_a_broken_document_is_refused_at_its_mistake(mistake: Broken) -> None:
    with pytest.raises(ScenarioInvalid) as stop:
        load_document(mistake.document)
    found = {(fault.path, fault.code) for fault in stop.value.faults}
    assert (".".join(mistake.path), mistake.code) in found


def test_breaking_leaves_the_original_as_it_was() -> None:
    document = willing_scenario("usdt")
    before = deepcopy(document)

    @settings(max_examples=40, deadline=None)
    @given(broken(document))
    def whole(mistake: Broken) -> None:
        assert mistake.document != before and document == before

    whole()


# -- calls ----------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(token_calls(most=12))
def test_calls_can_be_played_and_say_the_same_twice(calls: list[TokenCall]) -> None:
    told = []
    for _ in range(2):
        with EvmChain() as chain:
            token = chain.deploy(chain.account("issuer"), artefact("usdt"), 10**6, "Tether USD", "USDT", 6)
            told.append([(r.ok, r.gas_used, r.reason) for r in play(chain, token, calls)])
    assert told[0] == told[1] and len(told[0]) == len(calls)


def test_calls_shrink_to_one_small_transfer() -> None:
    def moves(calls: list[TokenCall]) -> bool:
        return any(call.function == "transfer" for call in calls)

    assert find(token_calls(), moves, settings=QUICK) == [
        TokenCall("issuer", "transfer", ("issuer", 0), True)
    ]

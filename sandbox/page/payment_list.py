"""The payments of a run: found by ending and rail, a page at a time; and one payment's story."""

from typing import Any

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.money import Asset, format_units
from sandbox.page.opened import Opened
from sandbox.page.refusals import Refusal
from sandbox.report.explain import name_of, tell
from sandbox.report.readings import CENSORED, ENDINGS, ending_of
from sandbox.report.wording import rail_label, rough_span, say, span

_TABLE = "page_payments"

#: One row a payment of the whole run: last state, when it was entered, last rail, attempts.
_PREPARE = f"""
create or replace temp table {_TABLE} as
select p.payment, p.created, p.importer, p.beneficiary, p.category, p.country, p.invoice_usd_cents as usd_cents,
       m.state, m.moved, m.attempts, coalesce(e.name, '') as rail
from payments p
join (
    select payment, arg_max(object, seq) as state, arg_max("time", seq) as moved, max(amount) as attempts,
           arg_max(extra, seq) filter (extra >= 0) as rail
    from journal where kind = {Kind.MOVED:d} group by payment
) m using (payment)
left join entities e on e.id = m.rail
"""
_EMPTY = f"""
create or replace temp table {_TABLE} (payment bigint, created bigint, importer bigint, beneficiary bigint,
    category varchar, country varchar, usd_cents bigint, state bigint, moved bigint, attempts bigint, rail varchar)
"""


def payments(opened: Opened, ending: str, rail: str, offset: int, limit: int) -> dict[str, Any]:
    """Payments in the order of their creation; ``ending`` and ``rail`` choose, "" takes all.

    A payment that no order desk has moved yet (drawn, not arrived by the end of an unfinished run) is left out.
    """
    _prepare(opened)
    where, values = _condition(ending, rail)
    run, names = opened.run, opened.names
    total = int(run.rows(f"select count(*) from {_TABLE} where {where}", values)[0][0])
    rows = run.rows(
        f"select payment, created, importer, beneficiary, category, country, usd_cents, state, moved, attempts, rail"
        f" from {_TABLE} where {where} order by payment limit ? offset ?",
        [*values, limit, offset],
    )
    return {
        "total": total,
        "offset": offset,
        "limit": limit,
        "rails": _rails(opened),
        "endings": list(ENDINGS),
        "payments": [
            {
                "payment": name_of(payment),
                "created": names.when(created),
                "importer": names.entity(importer),
                "beneficiary": names.entity(beneficiary),
                "goods": say(f"category.{category}"),
                "country": say(f"country.{country}"),
                "value": format_units(usd_cents, Asset.USD),
                "usd_cents": usd_cents,
                "rail": name.removeprefix("rail/"),
                "rail_label": rail_label(name),
                "ending": ending_of(state),
                "ending_label": say(f"ending.{ending_of(state)}"),
                "attempts": max(int(attempts), 1),
                "seconds": moved - created if ending_of(state) != CENSORED else None,
                "took": rough_span(moved - created) if ending_of(state) != CENSORED else "–",
            }
            for (
                payment, created, importer, beneficiary, category, country, usd_cents, state, moved, attempts, name
            ) in rows
        ],
    }  # fmt: skip


def story(opened: Opened, number: int) -> dict[str, Any]:
    """One payment explained (schema ``sandbox.story/1``), with its neighbours. Refusal 404 if there is none."""
    _prepare(opened)
    found = opened.run.rows(f"select count(*) from {_TABLE} where payment = ?", [number])
    if not found[0][0]:
        raise Refusal(404, "no_payment", "this run has no such payment")
    around = opened.run.rows(
        f"select max(payment) filter (payment < ?), min(payment) filter (payment > ?) from {_TABLE}",
        [number, number],
    )[0]
    before, after = (None if each is None else name_of(int(each)) for each in around)
    told = tell(opened.run, number).to_dict()
    return {**told, "total_text": span(told["total_seconds"]), "before": before, "after": after}


def example_payments(opened: Opened) -> list[dict[str, str]]:
    """One payment of each rail and ending, the plainest first: of fewest attempts. Where a reader may begin."""
    _prepare(opened)
    rows = opened.run.rows(
        f"select rail, state, payment from {_TABLE}"
        " qualify row_number() over (partition by rail, state order by attempts, payment) = 1"
        f" order by state <> {State.CREDITED:d}, rail, attempts, payment"
    )
    seen: dict[tuple[str, str], str] = {}
    for rail, state, payment in rows:
        seen.setdefault((rail, ending_of(state)), name_of(payment))
    return [
        {"rail": rail_label(rail), "ending": say(f"ending.{ending}"), "payment": payment}
        for (rail, ending), payment in seen.items()
    ]


def _condition(ending: str, rail: str) -> tuple[str, list[Any]]:
    conditions: list[str] = ["true"]
    values: list[Any] = []
    if ending:
        codes = [int(state) for state in State if ending_of(state) == ending]
        conditions.append(f"state in ({', '.join(map(str, codes)) or 'null'})")
    if rail:
        conditions.append("rail = ?")
        values.append(f"rail/{rail}")
    return " and ".join(conditions), values


def _rails(opened: Opened) -> list[dict[str, str]]:
    rows = opened.run.rows(f"select distinct rail from {_TABLE} where rail <> '' order by rail")
    return [{"name": rail.removeprefix("rail/"), "label": rail_label(rail)} for (rail,) in rows]


def _prepare(opened: Opened) -> None:
    if _TABLE not in opened.prepared:
        has_any = opened.run.rows("select count(*) from payments")[0][0]
        opened.run.run(_PREPARE if has_any else _EMPTY)
        opened.prepared.add(_TABLE)

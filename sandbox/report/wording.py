"""Every label a report shows, in one catalogue, and how numbers and spans of time are written.

One dictionary a language: a second language is a second dictionary with the same keys. A key that the
catalogue does not know is shown as it stands, so that a new metric or desk is never hidden.
"""

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        # rails
        "rail.correspondent": "correspondent banks",
        "rail.agent": "payment agents",
        "rail.usdt": "USDT",
        "rail.btc": "BTC",
        "rail.digital_ruble": "digital ruble",
        "rail.dfa": "digital financial assets",
        "rail.none": "no rail chosen",
        # endings
        "ending.CREDITED": "credited",
        "ending.STOPPED": "stopped for compliance",
        "ending.FAILED": "failed",
        "ending.LOST": "lost",
        "ending.CANCELLED": "cancelled",
        "ending.CENSORED": "in flight at the horizon",
        # goods
        "category.civil": "civil goods",
        "category.electronics": "electronics",
        "category.metals": "metals",
        "category.dual_use_restricted": "dual-use, restricted",
        "category.drone": "drones",
        "category.other": "other goods",
        # countries
        "country.CN": "China",
        "country.TR": "Türkiye",
        "country.AE": "United Arab Emirates",
        "country.OT": "other countries",
        # contract terms
        "terms.prepay": "prepayment: the goods leave after the money arrives",
        "terms.open_account": "open account: the goods leave first",
        # desks
        "desk/kyc": "customer due diligence desk",
        "desk/aml": "AML desk",
        "desk/applications": "regulator's application desk",
        "desk/orders": "regulator's order desk",
        # purposes of postings
        "purpose.OPENING": "opening balance",
        "purpose.PRINCIPAL": "principal",
        "purpose.FX_LEG": "conversion at the mid rate",
        "purpose.SPREAD": "spread",
        "purpose.BANK_FEE": "bank fee",
        "purpose.NETWORK_FEE": "network fee",
        "purpose.AGENT_FEE": "agent fee",
        "purpose.PLATFORM_FEE": "platform fee",
        "purpose.CORRESPONDENT_FEE": "correspondent fee",
        "purpose.OFFRAMP_FEE": "off-ramp fee",
        "purpose.ROUNDING": "rounding",
        "purpose.RETURN": "return of the principal",
        "purpose.RETURN_LOSS": "loss on converting back",
        "purpose.ISSUE": "issue",
        "purpose.REDEEM": "redemption",
        "purpose.DESTROY": "destruction of frozen units",
        "purpose.FUNDING": "funding",
        "purpose.REORG": "reversal after a reorganisation",
        "purpose.PROCEEDS": "proceeds to the beneficiary",
        "purpose.LOSS": "loss written off",
        # confidence letters
        "confidence.A": "primary or peer-reviewed figure, or own fit on public prices",
        "confidence.B": "reputable report of a named primary source",
        "confidence.C": "a single press, vendor or trade page",
        "confidence.D": "assumption: no usable source",
        "confidence.E": "derived or calibrated here from A to C",
        # metric families
        "family.speed": "Speed",
        "family.cost": "Cost",
        "family.reliability": "Reliability",
        "family.throughput": "Throughput",
        "family.queueing": "Queues",
        "family.liquidity": "Liquidity",
        "family.concentration": "Concentration",
        "family.compliance": "Compliance",
        "family.supervision": "Supervision",
        "family.market": "Market",
        # units of metrics
        "unit.s": "time",
        "unit.pct": "% of value",
        "unit.usd": "USD",
        "unit.share": "share",
        # sections of a page
        "section.answer": "The answer in words",
        "section.policy": "Policy table",
        "section.charts": "What the runs look like",
        "section.charts_run": "What the run looks like",
        "section.enforcement": "Cost, and compliance beside it",
        "section.assumptions": "Assumptions used",
        "section.method": "Method",
        "section.scope": "What this is, and what it is not",
        "section.definitions": "Definitions",
    }
)

#: Letters of the confidence scale, best first.
CONFIDENCE = ("A", "B", "C", "D", "E")


def say(key: str, *, otherwise: str | None = None) -> str:
    """The label for ``key``; ``otherwise`` (or the key's last part) when the catalogue has none."""
    found = ENGLISH.get(key)
    if found is not None:
        return found
    return otherwise if otherwise is not None else key.rsplit(".", 1)[-1].replace("_", " ")


def rail_label(entity: str) -> str:
    """A rail's label from its entity name (``rail/usdt``) or its plain name; "" means none was chosen."""
    name = entity.removeprefix("rail/")
    return say(f"rail.{name}" if name else "rail.none", otherwise=name)


def span(seconds: int) -> str:
    """A stretch of time to the second: ``2 d 3 h 4 min 5 s`` (parts that are nought are left out)."""
    sign = "-" if seconds < 0 else ""
    left, parts = abs(seconds), []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return sign + (" ".join(parts) or "0 s")


def rough_span(seconds: float) -> str:
    """A stretch of time for reading at a glance: two leading parts (``2 d 3 h``), seconds below a minute."""
    whole = round(seconds)
    if abs(whole) < 60:
        return f"{seconds:.0f} s"
    for size, keep in ((86_400, 3_600), (3_600, 60), (60, 1)):
        if abs(whole) >= size:
            return span(round(whole / keep) * keep)
    return span(whole)


def number(value: float | int | None, *, digits: int = 2) -> str:
    """A number with thousands separators; integers stay whole; None is a dash."""
    if value is None:
        return "–"
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.{digits}f}"


def percent(share: float | None, *, digits: int = 1) -> str:
    """A share of one as a percentage."""
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def millions(usd_cents: int) -> str:
    """USD cents in dollars, in millions above a million: ``$12.3 M``."""
    dollars = usd_cents / 100
    return f"${dollars / 1e6:,.1f} M" if abs(dollars) >= 1e6 else f"${dollars:,.0f}"


def measured(value: float | int | None, unit: str, *, signed: bool = False) -> str:
    """A metric's value in its own unit; ``signed`` writes the plus of a difference."""
    if value is None:
        return "–"
    plus = "+" if signed and value > 0 else ""
    match unit:
        case "s" | "seconds":
            return plus + rough_span(value)
        case "h" | "hours":
            return plus + rough_span(value * 3_600)
        case "share" | "probability" | "fraction":
            return plus + percent(value)
        case "USD cents" | "usd_cents" | "cents":
            return plus + millions(round(value))
        case "usd" | "USD":
            return plus + millions(round(value * 100))
        case "USD/business day":
            return f"{plus}{millions(round(value * 100))} a business day"
        case "%" | "pct" | "% of value":
            return f"{plus}{value:,.2f} %"
        case "count" | "payments" | "attempts" | "alerts" | "items" | "points" | "ratio" | "1" | "" | "-":
            return plus + number(value)
        case _:
            return f"{plus}{number(value)} {unit}"

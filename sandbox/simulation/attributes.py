"""The static attributes of every order: written once, joined when a journal is read."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sandbox.clock import DAY
from sandbox.goods import Terms
from sandbox.money import Asset
from sandbox.world import World

Column = NDArray[Any] | list[str]


def describe(world: World) -> dict[str, Column]:
    """Columns of payments.parquet; row = payment number."""
    orders, ground = world.orders, world.ground
    firms, suppliers = world.population.importers, world.population.suppliers
    entity = np.array([firm.entity for firm in firms], np.int32)
    bank_of = np.array([world.banks[firm.bank].entity for firm in firms], np.int32)
    their_entity = np.array([supplier.entity for supplier in suppliers], np.int32)
    currency = np.array([int(supplier.currency) for supplier in suppliers], np.int16)[orders.supplier]
    currency[orders.inward] = int(Asset.RUB)
    country = np.array([supplier.country for supplier in suppliers])[orders.supplier]
    category = np.array([supplier.category for supplier in suppliers])[orders.supplier]
    restricted = category == "dual_use_restricted"
    prevalence = ground.number("aml.prevalence")
    factor = np.where(restricted, ground.number("aml.prevalence_restricted_factor"), 1.0)
    contracts = world.contracts
    days_open = int(ground.number("population.open_account_days"))
    return {
        "payment": np.arange(len(orders), dtype=np.int32),
        "created": orders.created,
        "importer": entity[orders.importer],
        "beneficiary": their_entity[orders.supplier],
        "bank": bank_of[orders.importer],
        "country": country.tolist(),
        "category": category.tolist(),
        "terms": np.where(orders.prepaid, "prepay", "open_account").tolist()
        if contracts is None
        else [Terms(code).name.lower() for code in contracts.terms.tolist()],
        "currency": currency,
        "invoice_usd_cents": orders.invoice_cents,
        "payout_units": _payouts(world, currency),
        "due": np.where(orders.prepaid, -1, orders.created + days_open * DAY)
        if contracts is None
        else contracts.due,
        "prohibited": orders.truth < prevalence * factor,
        "direction": np.where(orders.inward, "export", "import").tolist(),
    }


def _payouts(world: World, currency: NDArray[np.int16]) -> NDArray[np.int64]:
    """What each beneficiary is owed in its own currency, at the rate of the day of the order."""
    orders, owed = world.orders, world.orders.invoice_cents
    for asset in (Asset.CNY, Asset.RUB):
        rate = world.market.usd_rate_by_day(asset)
        days = np.minimum(orders.created // DAY, len(rate) - 1)
        there = np.floor(orders.invoice_cents * np.array(rate)[days]).astype(np.int64)
        owed = np.where(currency == int(asset), there, owed)
    return owed

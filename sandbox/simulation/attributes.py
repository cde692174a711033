"""The static attributes of every order: written once, joined when a journal is read."""

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sandbox.clock import DAY
from sandbox.goods import Terms
from sandbox.money import Asset
from sandbox.world import World

Column: TypeAlias = NDArray[Any] | pa.Array

#: Code and name of the terms of payment.
_TERMS = {int(terms): terms.name.lower() for terms in Terms}


def describe(world: World) -> dict[str, Column]:
    """Columns of payments.parquet; row = payment number."""
    orders, ground = world.orders, world.ground
    firms, suppliers = world.population.importers, world.population.suppliers
    entity = np.array([firm.entity for firm in firms], np.int32)
    bank_of = np.array([world.banks[firm.bank].entity for firm in firms], np.int32)
    their_entity = np.array([supplier.entity for supplier in suppliers], np.int32)
    currency = np.array([int(supplier.currency) for supplier in suppliers], np.int16)[orders.supplier]
    currency[orders.inward] = int(Asset.RUB)
    restricted = np.array([supplier.category == "dual_use_restricted" for supplier in suppliers])
    prevalence = ground.number("aml.prevalence")
    factor = np.where(restricted[orders.supplier], ground.number("aml.prevalence_restricted_factor"), 1.0)
    contracts = world.contracts
    days_open = int(ground.number("population.open_account_days"))
    return {
        "payment": np.arange(len(orders), dtype=np.int32),
        "created": orders.created,
        "importer": entity[orders.importer],
        "beneficiary": their_entity[orders.supplier],
        "bank": bank_of[orders.importer],
        "country": _texts([supplier.country for supplier in suppliers], orders.supplier),
        "category": _texts([supplier.category for supplier in suppliers], orders.supplier),
        "terms": _texts(["open_account", "prepay"], orders.prepaid.astype(np.int8))
        if contracts is None
        else _texts([_TERMS.get(code, "") for code in range(max(_TERMS) + 1)], contracts.terms),
        "currency": currency,
        "invoice_usd_cents": orders.invoice_cents,
        "payout_units": _payouts(world, currency),
        "due": np.where(orders.prepaid, -1, orders.created + days_open * DAY)
        if contracts is None
        else contracts.due,
        "prohibited": orders.truth < prevalence * factor,
        "direction": np.where(orders.inward, "export", "import").tolist(),
    }


def _texts(texts: list[str], which: NDArray[Any]) -> pa.Array:
    """A column of few different texts, by their place in the list: no object a row."""
    encoded = [text.encode() for text in texts]
    ends = np.cumsum(np.array([len(text) for text in encoded], np.int32)[which], dtype=np.int32)
    offsets = np.concatenate((np.zeros(1, np.int32), ends))
    data = b"".join([encoded[place] for place in which.tolist()])
    return pa.StringArray.from_buffers(len(which), pa.py_buffer(offsets), pa.py_buffer(data))


def _payouts(world: World, currency: NDArray[np.int16]) -> NDArray[np.int64]:
    """What each beneficiary is owed in its own currency, at the rate of the day of the order."""
    orders, owed = world.orders, world.orders.invoice_cents
    for asset in (Asset.CNY, Asset.RUB):
        rate = world.market.usd_rate_by_day(asset)
        days = np.minimum(orders.created // DAY, len(rate) - 1)
        there = np.floor(orders.invoice_cents * np.array(rate)[days]).astype(np.int64)
        owed = np.where(currency == int(asset), there, owed)
    return owed

"""PSSimPy 0.1.5 on work of the same kind: a day of payments around the clock, settled window by window.

Run by the interpreter of ``.bench-venv``: payments, minutes of a window, first and last hour of the day. An order
that its account cannot cover waits in the queue for incoming money. PSSimPy keeps floats and CSV files; it has no
life cycle, no chain and no audit, so it is given less to do than the product. One JSON document on stdout.
"""

import json
import os
import sys
import tempfile
import time
from importlib.metadata import version

import numpy as np
from PSSimPy.credit_facilities import AbstractCreditFacility
from PSSimPy.queues import FIFOQueue
from PSSimPy.simulator import BasicSim

BANKS = 20

#: Money of an account at the start, in mean payments: nearly all orders settle, and some wait on the way.
COVER = 20.0


class NoCredit(AbstractCreditFacility):
    """Nobody lends, so that liquidity binds."""

    def calculate_fee(self, amount: float = 0.0) -> float:
        """Nothing is charged."""
        return 0.0

    def lend_credit(self, account: object, amount: float) -> None:
        """Nothing is lent."""

    def collect_repayment(self, account: object) -> None:
        """Nothing is owed."""


def main(payments: int, window: int, opens: int, closes: int) -> None:
    """Draw the day's orders, run it, and say how long building and running took."""
    luck = np.random.default_rng(1)
    names = [f"bank{index}" for index in range(BANKS)]
    payers = luck.integers(BANKS, size=payments)
    payees = (payers + 1 + luck.integers(BANKS - 1, size=payments)) % BANKS
    amounts = luck.lognormal(9.0, 1.3, size=payments).tolist()
    minutes = sorted(luck.integers(opens * 60, closes * 60, size=payments).tolist())
    orders = {
        "sender_account": [f"account{payer}" for payer in payers],
        "recipient_account": [f"account{payee}" for payee in payees],
        "amount": amounts,
        "time": [f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes],
        "day": [1] * payments,
    }
    accounts = {
        "id": [f"account{index}" for index in range(BANKS)],
        "owner": names,
        "balance": [sum(amounts) / payments * COVER] * BANKS,
    }
    started = time.process_time()
    simulator = BasicSim(
        "bench",
        {"name": names},
        accounts,
        orders,
        open_time=f"{opens:02d}:00",
        close_time="23:59" if closes == 24 else f"{closes:02d}:00",
        processing_window=window,
        num_days=1,
        queue=FIFOQueue(),
        credit_facility=NoCredit(),
    )
    simulator.run()
    seconds = time.process_time() - started
    settled = sum(1 for order, _, _ in simulator.transactions if order.settle_time is not None)
    document = {
        "name": f"PSSimPy {version('PSSimPy')}",
        "payments": payments,
        "settled": settled,
        "cpu_seconds": seconds,
    }
    print(json.dumps(document))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        main(*map(int, sys.argv[1:5]))

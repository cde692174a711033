"""The foreign exchange of the suppliers: deposit wallets, pay-outs, sweeps, and the dealers' source of supply."""

from collections.abc import Callable

from sandbox.chains.bitcoin import Confirmation, TransactionConflicted
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.journal.kinds import QuickPurpose as Purpose
from sandbox.market import Market
from sandbox.market.delivery import deliver
from sandbox.market.liquidity import Dealer
from sandbox.market.prices import paid_units
from sandbox.mirror import BitcoinLedger, EvmLedger
from sandbox.money import Asset
from sandbox.payments import Payment, Process
from sandbox.rail import Ground


class Exchange:
    """Turns deposits into a supplier's currency and sells chain assets to dealers at the market's price."""

    def __init__(
        self,
        ground: Ground,
        market: Market,
        beneficiary: Callable[[Payment], int],
        outside_rub: int,
    ) -> None:
        self.entity = ground.journal.entity("exchange")
        books = ground.books
        self._ground = ground
        self._market = market
        self._beneficiary = beneficiary
        self._outside_rub = outside_rub
        self._cash = {
            asset: books.open("exchange", asset, "outside", overdraft=True)
            for asset in (Asset.USD, Asset.CNY)
        }
        self._income = {
            asset: books.open("exchange", asset, "fee_income") for asset in (Asset.USD, Asset.CNY)
        }
        self.hot: dict[Asset, int] = {}
        """The exchange's own wallets."""
        self._tokens: EvmLedger | None = None
        self._coins: BitcoinLedger | None = None
        self._deposits: dict[Asset, list[int]] = {Asset.USDT: [], Asset.BTC: []}
        self._moving: set[int] = set()
        self._is_frozen: Callable[[int], bool] = lambda _: False

    @property
    def cash(self) -> dict[Asset, int]:
        """Its accounts in the suppliers' currencies."""
        return self._cash

    @property
    def income(self) -> dict[Asset, int]:
        """Its fee income, by currency."""
        return self._income

    def trade_tokens(self, ledger: EvmLedger, hot: int, is_frozen: Callable[[int], bool]) -> None:
        """The exchange lists the token; ``hot`` is its own wallet."""
        self._tokens, self.hot[Asset.USDT], self._is_frozen = ledger, hot, is_frozen

    def trade_coins(self, ledger: BitcoinLedger, hot: int) -> None:
        """The exchange lists bitcoin."""
        self._coins, self.hot[Asset.BTC] = ledger, hot

    def deposit_wallet(self, asset: Asset, account: int) -> None:
        """A supplier's deposit address, swept into the exchange's own wallet now and then."""
        self._deposits[asset].append(account)

    # -- pay-outs -------------------------------------------------------------------------------------

    def pay(self, payment: Payment, fee_units: int) -> None:
        """Credit the beneficiary with what it is owed; the exchange books its fee."""
        number, asset = payment.number, payment.currency
        legs = [(self._cash[asset], self._beneficiary(payment), payment.payout_units, Purpose.PROCEEDS)]
        if fee_units > 0:
            self._ground.journal.record(
                Kind.ITEMISED, number, self.entity, asset, -1, fee_units, 0, Purpose.OFFRAMP_FEE
            )
            legs.append((self._cash[asset], self._income[asset], fee_units, Purpose.OFFRAMP_FEE))
        self._ground.books.post(number, self.entity, legs)

    def take_back(self, payment: Payment) -> None:
        """The deposit vanished in a reorganisation after the pay-out: the credit is reversed."""
        self._ground.books.transfer(
            payment.number,
            self.entity,
            self._beneficiary(payment),
            self._cash[payment.currency],
            payment.payout_units,
            Purpose.REORG,
        )

    # -- supply of dealers ----------------------------------------------------------------------------

    def restock(self, dealer: Dealer, asset: Asset, units: int) -> Process[bool]:
        """Sell to a dealer at the mid price; ends when the chain has delivered (False: nothing to sell)."""
        ground, books = self._ground, self._ground.books
        hot = self.hot[asset]
        free = books.available(hot)
        if asset is Asset.BTC:
            assert self._coins is not None
            free = min(free, self._coins.wallet(hot).spendable_sats)
        units = min(units, free * 9 // 10)
        if units <= 0:
            return False
        roubles = paid_units(units, self._market.cross(asset, Asset.RUB, ground.now))
        hold = books.reserve(-1, hot, units)
        paid = False

        def booked(ok: bool) -> None:
            nonlocal paid
            books.void(hold)
            if ok:
                paid = True
                books.post(
                    -1,
                    self.entity,
                    [
                        (hot, dealer.inventory[asset], units, Purpose.FUNDING),
                        (dealer.cash, self._outside_rub, roubles, Purpose.FUNDING),
                    ],
                )

        def conflicted() -> None:
            # The coins that were to be delivered hang on a transfer that never happened.
            if paid:
                books.transfer(-1, self.entity, self._outside_rub, dealer.cash, roubles, Purpose.RETURN)
            else:
                books.void(hold)

        if asset is Asset.USDT:
            assert self._tokens is not None
            receipt = yield self._tokens.send(-1, self.entity, hot, dealer.inventory[asset], units, booked)
            return bool(receipt.ok)
        assert self._coins is not None
        sent = self._send_coins(hot, dealer.inventory[asset], units, booked, conflicted)
        try:
            yield sent.included | sent
        except TransactionConflicted:
            return False
        return True

    # -- sweeps ---------------------------------------------------------------------------------------

    def sweep(self) -> None:
        """Collect what lies on deposit addresses and has been there for a day; small deposits wait for more."""
        usd = self._ground.number("liquidity.sweep_least_usd")
        for asset, accounts in self._deposits.items():
            least = int(usd / self._market.usd(asset, self._ground.now) * asset.scale)
            for account in accounts:
                if account not in self._moving and self._ground.books.available(account) >= least:
                    self._sweep_one(asset, account)

    def _sweep_one(self, asset: Asset, account: int) -> None:
        books, hot = self._ground.books, self.hot[asset]
        if asset is Asset.USDT:
            if self._is_frozen(account):
                return
            assert self._tokens is not None
            units = books.available(account)
            hold = books.reserve(-1, account, units)
            self._moving.add(account)

            def token_booked(ok: bool) -> None:
                self._moving.discard(account)
                books.void(hold)
                if ok:
                    books.transfer(-1, self.entity, account, hot, units, Purpose.FUNDING)

            self._tokens.send(-1, self.entity, account, hot, units, token_booked)
            return
        assert self._coins is not None
        wallet = self._coins.wallet(account)
        coins = len(wallet.utxos)
        # One input weighs about 68 virtual bytes, the rest of a transaction about 43.
        fee = 68 * coins + 80
        sats = min(books.available(account), wallet.spendable_sats) - fee
        if sats <= 0:
            return
        self._moving.add(account)

        def coin_booked(_: bool) -> None:
            self._moving.discard(account)
            books.transfer(-1, self.entity, account, hot, sats, Purpose.FUNDING)

        self._send_coins(account, hot, sats, coin_booked, lambda: self._moving.discard(account))

    def _send_coins(
        self,
        debit: int,
        credit: int,
        sats: int,
        booked: Callable[[bool], None],
        conflicted: Callable[[], None],
    ) -> Confirmation:
        assert self._coins is not None
        return deliver(self._ground, self._coins, self.entity, debit, credit, sats, booked, conflicted)

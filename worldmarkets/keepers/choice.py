"""What the options of `world keeper prices` and `world keeper liquidate` say."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from eth_account import Account

from worldmarkets.client import Client, Permission
from worldmarkets.clock import Clock
from worldmarkets.errors import WorldMarketsError
from worldmarkets.keepers.bidding import Options
from worldmarkets.keepers.liquidating import LiquidatingRules
from worldmarkets.keepers.liquidationjob import LiquidationJob
from worldmarkets.keepers.posting import FeedPoster, Poster, RolePoster
from worldmarkets.keepers.pricejob import PriceJob
from worldmarkets.keepers.pricing import PriceRules
from worldmarkets.keepers.reportbox import FolderBox
from worldmarkets.keepers.running import read_key
from worldmarkets.keepers.signing import SignedPoster
from worldmarkets.keepers.sources import AggregatorSource, FeedSource, PriceSource, ReplaySource
from worldmarkets.marketdata.paths import read_path
from worldmarkets.rpc import Rpc


class SourceChoiceError(WorldMarketsError):
    """The options name no source of prices or several, or half of what signing needs."""


class BidderChoiceError(WorldMarketsError):
    """The key may not bid for the account that is named."""


@dataclass(frozen=True)
class PriceChoice:
    """The options; the help of the command says what each is."""

    files: Mapping[str, Path]
    pair: str | None
    window: str | None
    speed: Decimal
    aggregators: Mapping[str, str]
    source_rpc: str | None
    copied: tuple[str, ...]
    signer_file: Path | None
    box: Path | None
    pass_on: bool
    threshold_bps: Decimal
    heartbeat: int

    @property
    def symbols(self) -> tuple[str, ...]:
        """The assets whose prices are brought."""
        return (*self.files, *self.aggregators, *self.copied)

    def job(self, client: Client, clock: Clock) -> PriceJob:
        """Return the price pusher.

        Raises:
            SourceChoiceError: the options do not fit together.
            DataFileError: a file can not be read.
            UnknownNameError: the exchange has no such asset.
        """
        if sum(map(bool, (self.files, self.aggregators, self.copied))) != 1:
            raise SourceChoiceError("give one of --file, --aggregator and --copy")
        for symbol in self.symbols:
            if client.asset_units(symbol).asset.asset_id == 0:
                raise SourceChoiceError(f"{symbol} is the quote asset, which is a dollar")
        rules = PriceRules(self.threshold_bps, self.heartbeat)
        source = self._source(client, clock)
        return PriceJob(client, source, self._poster(client), self.symbols, rules)

    def _source(self, client: Client, clock: Clock) -> PriceSource:
        if self.copied:
            return FeedSource(client)
        if self.aggregators:
            rpc = client.raw.rpc if self.source_rpc is None else Rpc(self.source_rpc)
            return AggregatorSource(rpc, self.aggregators)
        paths = {
            symbol: read_path(path, self.pair, self.window) for symbol, path in self.files.items()
        }
        return ReplaySource(paths, clock, self.speed)

    def _poster(self, client: Client) -> Poster:
        if self.box is None:
            if self.signer_file is not None or self.pass_on:
                raise SourceChoiceError("reports need a --box")
            return FeedPoster() if self.copied else RolePoster(client)
        if self.copied:
            raise SourceChoiceError("what is only copied is not signed")
        account = None if self.signer_file is None else Account.from_key(read_key(self.signer_file))
        submits = not self.pass_on
        return SignedPoster(client, account, FolderBox(self.box), self.symbols, submits=submits)


@dataclass(frozen=True)
class LiquidationChoice:
    """The options of the liquidator; the help of the command says what each is."""

    bidder: int | None
    capital: Decimal | None
    least_profit: Decimal
    least_gross: Decimal
    slippage_bps: int
    no_hedge: bool
    no_plans: bool
    native_price: Decimal | None

    def job(self, client: Client, _clock: Clock) -> LiquidationJob:
        """Return the liquidator.

        Raises:
            UnknownAccount: there is no such bidder.
            BidderChoiceError: the key neither owns it nor may place, lend and borrow for it.
            UnalignedAmountError: an amount has fractions of an atom.
        """
        if self.bidder is not None:
            client.standing(self.bidder)
            check_bidder(client, self.bidder)
        atoms = client.asset_units(0).to_atoms
        rules = LiquidatingRules(
            least_profit_atoms=atoms(self.least_profit),
            least_gross_atoms=atoms(self.least_gross),
            capital_atoms=None if self.capital is None else atoms(self.capital),
            slippage_bps=self.slippage_bps,
        )
        options = Options(
            bidder_account_id=self.bidder,
            hedges=not self.no_hedge,
            executes_steps=not self.no_plans,
            native_atoms=None if self.native_price is None else atoms(self.native_price),
            rules=rules,
        )
        return LiquidationJob(client, options)


def check_bidder(client: Client, account_id: int) -> None:
    """Pass if the client's key may take slices for an account; raises BidderChoiceError."""
    key = client.raw.address
    if client.account(account_id).owner.lower() == key.lower():
        return
    allowed, needed = client.operator(account_id, key), Permission.PLACE | Permission.LEND
    if allowed.permissions & needed != needed or allowed.expiry < client.raw.time():
        raise BidderChoiceError(f"{key} may not place, lend and borrow for account {account_id}")

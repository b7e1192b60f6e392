"""A lender that lends what lies idle in an account while that pays, and takes it back when not.

    python examples/lender.py --days 30

runs it on a local node of its own, where a borrower comes and goes and days pass at once, and
prints what it sees and does each day. What it shows:

* The owner's key funds the account and makes another key its operator, with the permission to lend
  and nothing else. The lender has only that key: whoever steals it can take nothing out.
* Lending is a flag of a balance: what is positive of it is lent, what comes in later, too, and it
  can be traded and withdrawn as before as long as the pool has cash.
* The rate follows demand by itself, but only when somebody touches the pool: the lender accrues
  all pools first, in one transaction that anyone may send.
* It lends where borrowing costs enough, and takes back where it costs too little; the two
  thresholds are apart so that it does not go to and fro.
* What others have borrowed can not be taken back at once, and a pool may be full: then it waits.

Interest is small next to what a transaction costs on some chains, and this lender does not count
that: a start, no strategy.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import Enum

from worldmarkets.client import Balance, Client, ContractError, Permission, Pool
from worldmarkets.deployment import deploy, load_parameters
from worldmarkets.model.errors import InsufficientLiquidity, SupplyCapReached
from worldmarkets.node import LocalNode
from worldmarkets.transactions import KeySigner

ASSETS = ("USDM", "WETH")
DAY = 86_400
YEAR = 365 * DAY
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Policy:
    """When to lend and when to take back, by what borrowing costs a year."""

    lend_from: Decimal = Decimal("0.009")
    take_back_below: Decimal = Decimal("0.006")


class Move(Enum):
    """What the lender does with a balance."""

    LENDS = "lends"
    STAYS_IN = "stays in"
    TAKES_BACK = "takes back"
    STAYS_OUT = "stays out"
    WAITS = "waits for room with"


@dataclass(frozen=True)
class Watch:
    """What the lender saw of a pool, and did; `balance` is what it has afterwards."""

    pool: Pool
    move: Move
    balance: Decimal

    def __str__(self) -> str:
        pool = self.pool
        rates = f"costs {pool.borrow_rate:.2%}, earns {pool.supply_rate:.2%}"
        used = f"{pool.utilisation:.0%} borrowed"
        return f"{pool.asset} {rates}, {used}: {self.move.value} {self.balance:.6f}"


class Lender:
    """Lends for an account with the key of its operator."""

    def __init__(self, client: Client, account: int, assets: Sequence[str], policy: Policy) -> None:
        self._client = client
        self._account = account
        self._assets = assets
        self._policy = policy

    def tick(self) -> list[Watch]:
        """Bring the rates up to date, and decide for each asset."""
        self._client.accrue_pools(*self._assets)
        return [self._decide(self._client.pool(asset)) for asset in self._assets]

    def take_back(self) -> None:
        """Take everything back, whatever it earns.

        Raises:
            InsufficientLiquidity: too much of it is borrowed.
        """
        for asset in self._assets:
            self._client.set_lent(self._account, asset, lent=False)

    def _decide(self, pool: Pool) -> Watch:
        has = self._client.account(self._account).balances[pool.asset]
        move, balance = self._wanted(pool, has), has.total
        if move in (Move.LENDS, Move.TAKES_BACK):
            try:
                lent = move is Move.LENDS
                balance = self._client.set_lent(self._account, pool.asset, lent)
            except (InsufficientLiquidity, SupplyCapReached):
                move = Move.WAITS
        return Watch(pool, move, balance)

    def _wanted(self, pool: Pool, has: Balance) -> Move:
        """Say what to do at a rate; with nothing to lend there is nothing to do."""
        if has.is_lent:
            stays = pool.borrow_rate >= self._policy.take_back_below
            return Move.STAYS_IN if stays else Move.TAKES_BACK
        pays = pool.borrow_rate >= self._policy.lend_from
        return Move.LENDS if pays and has.total > 0 else Move.STAYS_OUT


@dataclass(frozen=True)
class Stage:
    """Pools on a local node: who posts prices, who owns the account, who lends it, who borrows."""

    node: LocalNode
    poster: Client
    owner: Client
    account: int
    operator: Client
    borrower: Client
    borrower_account: int


@contextmanager
def local_stage() -> Iterator[Stage]:
    """Deploy on a local node, fund two accounts, and let a key lend for one."""
    with LocalNode() as node:
        keys = [KeySigner(account.private_key) for account in node.accounts[:5]]
        deployment = deploy(node.rpc, load_parameters("local"), keys[0])
        poster, owner, operator, borrower, bank = (
            Client(node.rpc, deployment, key) for key in keys
        )
        account, bank_account = (_funded(client, 100_000) for client in (owner, bank))
        borrower_account = _funded(borrower, 0)
        # Others lend, too: a pool of one lender would have nothing to borrow when he leaves.
        bank.set_lent(bank_account, "USDM")
        owner.set_operator(account, operator.address, Permission.LEND, owner.raw.time() + YEAR)
        yield Stage(node, poster, owner, account, operator, borrower, borrower_account)


def run(days: int, seed: int) -> None:
    """Lend for some days, print what each brought, and in the end what came of it."""
    with local_stage() as stage:
        lender = Lender(stage.operator, stage.account, ASSETS, Policy())
        chance = random.Random(seed)  # noqa: S311 - a simulation
        before = stage.owner.account(stage.account).balances
        for day in range(1, days + 1):
            for watch in lender.tick():
                print(f"day {day}: {watch}")
            # Borrowers come, want most of the pool for a while, and go.
            share = Decimal(chance.randint(80, 90)) / 100
            _borrow_or_repay(stage, share if 5 * day <= 3 * days else Decimal(0))
            stage.node.rpc.call("evm_increaseTime", DAY)
        _conclude(stage, lender, {asset: before[asset].total for asset in ASSETS})


def _conclude(stage: Stage, lender: Lender, before: dict[str, Decimal]) -> None:
    lender.take_back()
    balances = stage.owner.account(stage.account).balances
    for asset, started in before.items():
        print(f"{asset} earned {balances[asset].total - started:.6f}")
    try:
        stage.operator.borrow(stage.account, "USDM", Decimal(1))
    except ContractError as error:
        print(f"the operator's key can not take anything out: {error.name}")


def _borrow_or_repay(stage: Stage, wanted: Decimal) -> None:
    """Let the borrower owe a share of the dollar pool, as far as its limits go; for 0, nothing."""
    client, account = stage.borrower, stage.borrower_account
    pool = client.pool("USDM")
    if wanted:
        stage.poster.post_prices({"WETH": Decimal(3_000)})
        more = wanted * (pool.cash + pool.borrowed) - pool.borrowed
        # What leaves the exchange in a day has a limit, too.
        more = min(more, pool.borrowable, _may_leave(client)).quantize(CENT, ROUND_DOWN)
        if more > 0:
            client.borrow(account, "USDM", more)
    elif client.account(account).balances["USDM"].owed:
        client.repay(account, "USDM")


def _may_leave(client: Client) -> Decimal:
    (dollars,) = client.raw.lens.assets(0, 1).items
    return client.asset_units(0).from_atoms(dollars.may_leave_atoms)


def _funded(client: Client, dollars: int) -> int:
    """Make an account of a client's key with some dollars and 300 ether in it."""
    account = client.create_account()
    client.draw("USDM", Decimal(100_000))
    if dollars:
        client.deposit(account, "USDM", Decimal(dollars))
    client.deposit_native(account, Decimal(300))
    return account


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description="Lend on a local node.")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    run(arguments.days, arguments.seed)


if __name__ == "__main__":
    main()

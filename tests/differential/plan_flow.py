"""Seeded random actions of traders with risk plans, and of those who execute them."""

from collections.abc import Sequence
from dataclasses import replace

from tests.differential.lending_flow import UNITS
from tests.differential.perp_flow import LOTS, PERPS, SPOTS, STRANGER, PerpFlow
from tests.support.mirror import Mirror
from worldmarkets.model import holdings, slots
from worldmarkets.model.interface import OrderRequest, Side
from worldmarkets.model.liquidation import plans
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger
from worldmarkets.model.perp_words import Q24
from worldmarkets.model.words import AccountWord, is_perp

UNITS_PER_ATOM = (10**12, 10**10, 1)
SIZES = (1, 20, 1_000, 20_000, 10**6)
"""Sizes of steps that trade [lots]."""
HIGHEST = 2**87 - 1


class PlanFlow(PerpFlow):
    """Every action runs on model and chain and is compared.

    Each owner has an account that steps pull from; `empty` is one that uses no asset.
    """

    def __init__(self, mirror: Mirror, seed: str) -> None:
        super().__init__(mirror, seed)
        funds = {0: 10**5 * 10**18, 1: 20 * 10**18, 2: 10**8}
        self.sources = {
            owner: self.mirror.new_user(owner, funds) for owner in set(self.accounts.values())
        }
        self.empty = self.mirror.create_account(STRANGER)
        self.actions += [
            (30, self.set_plan),
            (140, self.execute_step),
            (20, self.execute_twice),
            (20, self.lever),
            (6, self.fund_source),
            (6, self.lend_source),
            (10, self.flag),
            (10, self.review),
        ]

    # --------------------------------------------------------------- plans

    def set_plan(self) -> None:
        account, owner = self.any_account()
        count = self.random.choice([1, 2, 3, 3, 5, 8, 9])
        steps = [self.step(account, owner) for _ in range(count)]
        if self.random.random() < 0.1:
            field = self.random.choice([{"tip_ppm": 5_001}, {"slippage_bps": 2_001}, {"size": 0}])
            steps[-1] = replace(steps[-1], **field)  # type: ignore[arg-type]
        self.mirror.set_plan(self.random.choice([owner] * 9 + [STRANGER]), account, steps)

    def step(self, account: int, owner: str) -> PlanStep:
        """A step, more often than not one that can act now."""
        action = self.random.choice(list(PlanAction))
        step = PlanStep(
            Trigger.HEALTH,
            True,
            0,
            action,
            self.target(account, action),
            self.random.choice(SIZES),
            slippage_bps=self.random.choice([1, 50, 300, 2_000]),
            cooldown_seconds=self.random.choice([0, 0, 1, 60]),
            tip_ppm=self.random.choice([0, 100, 5_000]),
            source_account_id=self.random.choice([self.sources.get(owner, 1)] * 20 + [account]),
        )
        if action == PlanAction.PULL:
            atoms = UNITS[step.target_id] // UNITS_PER_ATOM[step.target_id]
            step = replace(step, size=atoms * self.random.choice([1, 50, 10**3, 10**7]))
        least = self.random.choice([0, 0, 1, step.size // 10, step.size])
        return self.triggered(account, replace(step, min_fill=least))

    def target(self, account: int, action: PlanAction) -> int:
        """Where a step may do something, if there is such a place."""
        if action == PlanAction.PULL:
            return self.any_asset()
        held = holdings.read(self.mirror.model.state, account)
        if action == PlanAction.REDUCE:
            open_perps = [512 + one.asset_id for one in held if one.position.size]
            return self.random.choice(open_perps or list(PERPS))
        sign = 1 if action == PlanAction.SELL else -1
        spots = [256 + one.asset_id for one in held[1:] if one.atoms * sign > 0]
        return self.random.choice(spots or list(SPOTS))

    def triggered(self, account: int, step: PlanStep) -> PlanStep:
        """Let a step look at something, with a threshold where that is now or close to it."""
        choices = [Trigger.HEALTH, Trigger.HEALTH, Trigger.PRICE, Trigger.BORROW_RATE]
        if step.action == PlanAction.REDUCE:
            choices.append(Trigger.FUNDING)
        if step.action == PlanAction.PULL and step.target_id == 0:
            choices.remove(Trigger.PRICE)
        trigger = self.random.choice(choices)
        state = self.mirror.model.state
        state.time = self.mirror.model.time
        value = plans.trigger_value(state, account, plans.terms_of(replace(step, trigger=trigger)))
        near = value + self.random.choice([-1, 0, 0, 1, value // 100, -value // 100])
        threshold = self.random.choice([near, HIGHEST, HIGHEST])
        is_below = trigger == Trigger.HEALTH or threshold == HIGHEST or self.random.random() < 0.5
        if trigger == Trigger.HEALTH:
            threshold = max(10**4, threshold)
        threshold = max(-HIGHEST, min(HIGHEST, threshold))
        return replace(step, trigger=trigger, is_below=is_below, threshold=threshold)

    def execute_step(self) -> None:
        """Of a step that there is, mostly, against quotes that stand ready for it, mostly."""
        account, step = self.any_step()
        steps = plans.steps_of(self.mirror.model.state, account)
        known = steps.get(step)
        if self.random.random() < 0.7:
            self._attempt(self.refresh)
        if known is not None and known.action != PlanAction.PULL and self.random.random() < 0.8:
            self._attempt(lambda: self.meet(account, known))
        amount = known.size if known else 5
        amount = self.random.choice([2**80 - 1, 2**80 - 1, amount, amount // 2, 20, 1, 0])
        arguments = (step, amount, self.tipped(account))
        done, tip = self.follow(self.mirror.execute_step, STRANGER, account, *arguments)
        if known is not None:
            self.mirror.happened[f"executed {PlanAction(known.action).name}"] += 1
            self.mirror.happened[f"fired by {Trigger(known.trigger).name}"] += 1
            self.mirror.happened["executed in part"] += done < known.size
        self.mirror.happened["tip paid"] += tip > 0
        word = self.mirror.model.state.load(AccountWord, slots.account(account))
        self.mirror.happened["executed while flagged"] += word.flagged

    def execute_twice(self) -> None:
        """At once again, while the step may have to wait."""
        self.execute_step()
        account, step = self.any_step()
        self.follow(self.mirror.execute_step, STRANGER, account, step, 2**80 - 1, 0)

    def meet(self, account: int, step: PlanStep) -> None:
        """Let somebody rich quote what a step could take, around the edge of its slippage."""
        market = step.target_id
        sells = step.action == PlanAction.SELL
        if step.action == PlanAction.REDUCE:
            sells = self.position(account, market).size > 0
        middle = self.mark(market).mark // Q24 if is_perp(market) else self.middle(market)
        worse = step.slippage_bps * self.random.choice([0, 50, 99, 100, 101]) // 100
        tick = middle - middle * worse // 10**4 if sells else middle + middle * worse // 10**4
        tick += self.random.choice([0, 0, 1, -1])
        side = Side.BID if sells else Side.ASK
        lots = max(self.random.choice(LOTS.get(market, (20, 1_000, 20_000))), 20)
        self.offer(OrderRequest(market, side, tick, lots))

    def offer(self, order: OrderRequest) -> None:
        """Let somebody rich place an order."""
        self.follow(self.mirror.place, self.owner(self.whale), self.whale, order)

    def middle(self, market: int) -> int:
        """The middle of a spot market's band [ticks]."""
        book = self.book(market)
        return (book.lowest_ask + book.highest_bid) // 2

    # --------------------------------------------------------------- around plans

    def lever(self) -> None:
        """Take a position as large as a book lets, or a debt."""
        account, owner = self.any_account()
        market = self.random.choice([*PERPS, *SPOTS])
        side = self.random.choice(list(Side))
        lots = self.random.choice([1_000, 20_000, 100_000])
        tick = self.mark(market).mark // Q24 if is_perp(market) else self.middle(market)
        quote = OrderRequest(market, Side(1 - side), tick, lots)
        self._attempt(
            lambda: self.follow(self.mirror.place, self.owner(self.whale), self.whale, quote)
        )
        self.take(owner, account, market, side, lots)

    def fund_source(self) -> None:
        owner, source = self.any_source()
        asset = self.any_asset()
        self.mirror.deposit(owner, source, asset, UNITS[asset] * self.random.choice([1, 10**3]))

    def lend_source(self) -> None:
        owner, source = self.any_source()
        self.mirror.set_lent(owner, source, self.any_asset(), self.random.random() < 0.6)

    def flag(self) -> None:
        account, _ = self.any_account()
        self.mirror.flag_account(STRANGER, account)

    def review(self) -> None:
        account, _ = self.any_account()
        self.mirror.review_account(STRANGER, account)

    # --------------------------------------------------------------- choices

    def any_source(self) -> tuple[str, int]:
        return self.random.choice(list(self.sources.items()))

    def any_step(self) -> tuple[int, int]:
        """A step of which something is left, or one that may not be there."""
        state = self.mirror.model.state
        there = [
            (account, step) for account in self.accounts for step in plans.steps_of(state, account)
        ]
        if there and self.random.random() < 0.97:
            return self.random.choice(there)
        accounts: Sequence[int] = [*self.accounts, 10**6]
        return self.random.choice(accounts), self.random.choice([0, 1, 7, 8, 255])

    def tipped(self, account: int) -> int:
        """Somebody to tip, or nobody."""
        return self.random.choice([0, self.whale, self.whale] * 8 + [account, self.empty, 10**6])

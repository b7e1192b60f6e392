"""Steps of risk plans in decimals, and as the contracts have them."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from worldmarkets.client.liquidation_views import Step
from worldmarkets.client.units import AssetUnits, MarketUnits, whole_steps
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger

_HEALTH = Decimal("1e-4")
_FUNDING = Decimal("1e-8")
_BPS = Decimal("1e-4")
_PPM = Decimal("1e-6")
_RATE_A_YEAR = Decimal(365 * 86_400).scaleb(-16)
"""What a unit of a borrow rate comes to in a year."""


@dataclass(frozen=True)
class PlanUnits:
    """Converts steps, with the units of the markets and assets that they name."""

    asset_of: Callable[[str | int], AssetUnits]
    market_of: Callable[[str | int], MarketUnits]

    def pack(self, step: Step) -> PlanStep:
        """Return a step as the contracts have it.

        A borrow rate is rounded so that the step fires no earlier; all else must be whole.

        Raises:
            UnalignedAmountError: an amount or a fraction is no whole number of its steps.
            UnknownNameError: there is no such market, or asset.
        """
        return PlanStep(
            step.trigger,
            step.is_below,
            self._threshold(step),
            step.action,
            self._target(step),
            self.to_amount(step.action, step.target, step.size),
            self.to_amount(step.action, step.target, step.min_fill) if step.min_fill else 0,
            whole_steps("slippage", step.slippage, _BPS),
            step.cooldown,
            whole_steps("tip", step.tip, _PPM),
            step.source,
        )

    def unpack(self, packed: PlanStep) -> Step:
        """Return a step of the contracts; markets and assets by symbol."""
        action = PlanAction(packed.action)
        symbol = self._symbol(action, packed.target_id)
        return Step(
            trigger=Trigger(packed.trigger),
            threshold=self._unpacked_threshold(packed, symbol),
            is_below=packed.is_below,
            action=action,
            target=symbol,
            size=self.from_amount(action, symbol, packed.size),
            min_fill=self.from_amount(action, symbol, packed.min_fill),
            slippage=packed.slippage_bps * _BPS,
            cooldown=packed.cooldown_seconds,
            tip=packed.tip_ppm * _PPM,
            source=packed.source_account_id,
        )

    def to_amount(self, action: PlanAction, target: str | int, size: Decimal) -> int:
        """Return tokens as steps with an action count them: in lots, or in atoms if they pull.

        Raises:
            UnalignedAmountError: they are no whole number of those.
        """
        if action == PlanAction.PULL:
            return self.asset_of(target).to_atoms(size)
        return self.market_of(target).to_lots(size)

    def from_amount(self, action: PlanAction, target: str | int, amount: int) -> Decimal:
        """Return the inverse of `to_amount`."""
        if action == PlanAction.PULL:
            return self.asset_of(target).from_atoms(amount)
        return self.market_of(target).from_lots(amount)

    def _target(self, step: Step) -> int:
        if step.action == PlanAction.PULL:
            return self.asset_of(step.target).asset.asset_id
        return self.market_of(step.target).market.market_id

    def _symbol(self, action: PlanAction, target_id: int) -> str:
        if action == PlanAction.PULL:
            return self.asset_of(target_id).asset.symbol
        return self.market_of(target_id).market.symbol

    def _price_step(self, action: PlanAction, target: str | int) -> Decimal:
        """Return the unit of a price [dollars a token]."""
        if action == PlanAction.PULL:
            return self.asset_of(target).dollars(1)
        return self.asset_of(self.market_of(target).base.asset_id).dollars(1)

    def _threshold(self, step: Step) -> int:
        if step.trigger == Trigger.HEALTH:
            return whole_steps("health", step.threshold, _HEALTH)
        if step.trigger == Trigger.PRICE:
            return whole_steps("price", step.threshold, self._price_step(step.action, step.target))
        if step.trigger == Trigger.FUNDING:
            return whole_steps("funding rate", step.threshold, _FUNDING)
        rate = Fraction(step.threshold) / Fraction(_RATE_A_YEAR)
        return rate.__floor__() if step.is_below else rate.__ceil__()

    def _unpacked_threshold(self, packed: PlanStep, symbol: str) -> Decimal:
        if packed.trigger == Trigger.HEALTH:
            return packed.threshold * _HEALTH
        if packed.trigger == Trigger.PRICE:
            return packed.threshold * self._price_step(PlanAction(packed.action), symbol)
        step = _FUNDING if packed.trigger == Trigger.FUNDING else _RATE_A_YEAR
        return packed.threshold * step

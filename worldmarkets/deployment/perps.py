"""Listing perps, and their caps."""

from collections.abc import Iterator
from dataclasses import astuple, replace

from worldmarkets.deployment.contracts import DeploymentMismatchError
from worldmarkets.deployment.manifest import Market
from worldmarkets.deployment.proposals import Proposal
from worldmarkets.deployment.step import Chain, Step
from worldmarkets.model import slots
from worldmarkets.model.interface import PerpTerms
from worldmarkets.model.perp_words import MarkWord
from worldmarkets.model.words import BookWord, ConfigWord, TapeWord


class PerpStep(Step):
    """Brings the perps to what the parameters say; changes nothing twice."""

    def run(self) -> Iterator[Proposal]:
        """List the perps that are missing and set the caps that differ; yield what is left.

        Raises:
            DeploymentMismatchError: a perp is listed with other terms than wanted.
        """
        for market in self.deployment.markets:
            if market.perp is not None:
                yield from self._bring(market, wanted_terms(market))

    def _bring(self, market: Market, wanted: PerpTerms) -> Iterator[Proposal]:
        found = perp_terms(self.chain, market.market_id)
        if found is None:
            arguments = (market.base_asset_id, astuple(wanted))
            yield from self._call(f"the perp {market.symbol}", "listPerpMarket", *arguments)
        elif found != wanted:
            caps = (wanted.open_interest_cap_lots, wanted.position_cap_lots)
            if _with_caps(found, wanted) != wanted:
                check_perp(self.chain, market)
            what = f"caps of {market.symbol}: {caps} lots"
            yield from self._call(what, "setPerpLimits", market.market_id, *caps)

    def _call(self, what: str, function: str, *arguments: object) -> Iterator[Proposal]:
        """Call what the deployer may call; leave it to the timelock if he may not."""
        if self.may("Exchange", function):
            self.send("Exchange", function, *arguments)
            self.report(f"{what}: done by {function}")
        else:
            yield Proposal(what, self.request("Exchange", function, *arguments), due=0)


def perp_terms(chain: Chain, market_id: int) -> PerpTerms | None:
    """Return the terms of a perp; None if it is not listed."""
    places = (slots.config, slots.book, slots.tape, slots.mark)
    words = chain.words([place(market_id) for place in places])
    if not any(words):
        return None
    config, book = ConfigWord.unpack(words[0]), BookWord.unpack(words[1])
    tape, mark = TapeWord.unpack(words[2]), MarkWord.unpack(words[3])
    return PerpTerms(
        tick_value=mark.tick_value,
        atoms_per_lot=config.atoms_per_lot,
        min_lots=book.min_lots,
        taker_ppm=tape.taker_ppm,
        maker_ppm=book.maker_ppm,
        band_bps=config.band_bps,
        open_interest_cap_lots=tape.open_interest_cap,
        position_cap_lots=mark.position_cap,
        impact_notional=config.impact_notional,
        mark_band_bps=config.mark_band_bps,
        funding_cap=config.funding_cap,
        interest=config.interest,
        clamp=config.clamp,
    )


def check_perp(chain: Chain, market: Market) -> None:
    """Check the terms of a listed perp, caps included.

    Raises:
        DeploymentMismatchError: they are not those wanted, or it is not listed.
    """
    found, wanted = perp_terms(chain, market.market_id), wanted_terms(market)
    if found != wanted:
        raise DeploymentMismatchError(
            f"perp {market.symbol} has the terms {found}, wanted are {wanted}"
        )


def wanted_terms(market: Market) -> PerpTerms:
    """Return the terms that a perp is to have."""
    if market.perp is None:
        raise TypeError(f"{market.symbol} is no perp")
    return PerpTerms(
        market.tick_value,
        market.atoms_per_lot,
        market.min_lots,
        market.taker_ppm,
        market.maker_ppm,
        market.band_bps,
        *astuple(market.perp),
    )


def _with_caps(terms: PerpTerms, other: PerpTerms) -> PerpTerms:
    """Return terms with the caps of others."""
    return replace(
        terms,
        open_interest_cap_lots=other.open_interest_cap_lots,
        position_cap_lots=other.position_cap_lots,
    )

"""Opening lending pools, and their terms."""

from collections.abc import Iterator
from dataclasses import astuple

from worldmarkets.deployment.contracts import DeploymentMismatchError
from worldmarkets.deployment.manifest import Asset
from worldmarkets.deployment.proposals import Proposal
from worldmarkets.deployment.step import Chain, Step
from worldmarkets.model import slots
from worldmarkets.model.interface import PoolTerms
from worldmarkets.model.words import PoolTermsWord, PoolTotalsWord


class PoolStep(Step):
    """Brings the lending pools to what the parameters say; changes nothing twice."""

    def run(self) -> Iterator[Proposal]:
        """Open the pools that are missing and set the terms that differ; yield what is left.

        Raises:
            DeploymentMismatchError: there is a pool that should not be: none can be closed.
        """
        for asset in self.deployment.assets:
            if asset.pool is None:
                check_pool(self.chain, asset)
            elif pool_terms(self.chain, asset.asset_id) != asset.pool:
                yield from self._set(asset, asset.pool)

    def _set(self, asset: Asset, terms: PoolTerms) -> Iterator[Proposal]:
        arguments = (asset.asset_id, astuple(terms))
        if self.may("Exchange", "setPoolTerms"):
            self.send("Exchange", "setPoolTerms", *arguments)
            self.report(f"the lending pool of {asset.symbol} has the terms {terms}")
        else:
            what = f"terms of the lending pool of {asset.symbol}: {terms}"
            yield Proposal(what, self.request("Exchange", "setPoolTerms", *arguments), due=0)


def pool_terms(chain: Chain, asset_id: int) -> PoolTerms | None:
    """Return the terms of an asset's lending pool; None if it is not open."""
    index, totals, terms = chain.words(
        [slots.pool_index(asset_id), slots.pool_totals(asset_id), slots.pool_terms(asset_id)]
    )
    if not index:
        return None
    word = PoolTermsWord.unpack(terms)
    return PoolTerms(
        supply_cap_atoms=word.supply_cap,
        borrow_cap_atoms=word.borrow_cap,
        ceiling_permille=word.ceiling_permille,
        hourly_permille=word.hourly_permille,
        reserve_permille=PoolTotalsWord.unpack(totals).reserve_permille,
    )


def check_pool(chain: Chain, asset: Asset) -> None:
    """Check whether an asset has a lending pool, and its terms.

    Raises:
        DeploymentMismatchError: they are not those wanted.
    """
    found = pool_terms(chain, asset.asset_id)
    if found != asset.pool:
        raise DeploymentMismatchError(
            f"the lending pool of {asset.symbol} is {found}, wanted is {asset.pool}"
        )

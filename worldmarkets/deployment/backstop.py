"""Telling the exchange which account is its backstop: that of the tranche."""

from collections.abc import Iterator

from worldmarkets.deployment.contracts import DeploymentMismatchError
from worldmarkets.deployment.manifest import Deployment
from worldmarkets.deployment.proposals import Proposal
from worldmarkets.deployment.step import Chain, Step
from worldmarkets.model import slots
from worldmarkets.model.liquidation_words import LiquidationWord
from worldmarkets.model.words import AccountWord, TokenWord

_VAULT = "BackstopVault"


class BackstopStep(Step):
    """Makes the account of the tranche the backstop; changes nothing twice."""

    def run(self) -> Iterator[Proposal]:
        """Set the backstop if there is none; yield it if it is left to the timelock.

        Raises:
            DeploymentMismatchError: the tranche is not as its constructor makes it, or another
                account is the backstop: it can not be replaced.
        """
        _check_vault(self.chain, self.deployment)
        if _backstop(self.chain):
            check_backstop(self.chain, self.deployment)
            return
        account_id = _account(self.chain)
        if self.may("Exchange", "setBackstop"):
            self.send("Exchange", "setBackstop", account_id)
            self.report(f"account {account_id}, of the tranche, is the backstop")
        else:
            what = f"the backstop: account {account_id}"
            yield Proposal(what, self.request("Exchange", "setBackstop", account_id), due=0)


def check_backstop(chain: Chain, deployment: Deployment) -> None:
    """Check that the tranche is of the exchange, and its account the backstop.

    Raises:
        DeploymentMismatchError: it is not.
    """
    _check_vault(chain, deployment)
    found, wanted = _backstop(chain), _account(chain)
    if found != wanted:
        raise DeploymentMismatchError(
            f"the backstop is account {found}, that of the tranche is {wanted}"
        )


def _check_vault(chain: Chain, deployment: Deployment) -> None:
    """Check what the tranche tells of itself, most of which its constructor has found out."""
    token_word, account_word = chain.words([slots.token(0), slots.account(_account(chain))])
    token = TokenWord.unpack(token_word)
    (exchange,), (asset,), (units,) = (
        chain.read(_VAULT, view) for view in ("exchange", "asset", "unitsPerAtom")
    )
    owner = AccountWord.unpack(account_word).owner
    found = (int(exchange, 16), int(asset, 16), units, owner)
    addresses = (int(deployment.exchange, 16), int(deployment.backstop, 16))
    wanted = (addresses[0], token.token, token.units_per_atom, addresses[1])
    if found != wanted:
        raise DeploymentMismatchError(
            f"exchange, asset, units of an atom and owner of the account of the tranche are "
            f"{found}, wanted are {wanted}"
        )


def _account(chain: Chain) -> int:
    (account_id,) = chain.read(_VAULT, "accountId")
    return int(account_id)


def _backstop(chain: Chain) -> int:
    (word,) = chain.words([slots.liquidation()])
    return LiquidationWord.unpack(word).backstop

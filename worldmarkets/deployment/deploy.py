"""Deploying the whole exchange, or bringing an interrupted deployment to its end."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from worldmarkets.artifacts import load
from worldmarkets.deployment import plans
from worldmarkets.deployment.backstop import BackstopStep
from worldmarkets.deployment.code import source_commit
from worldmarkets.deployment.contracts import (
    ContractDeployer,
    DeploymentMismatchError,
    Plan,
    genesis_hash,
    token_decimals,
)
from worldmarkets.deployment.feeds import FeedStep
from worldmarkets.deployment.holders import ANYONE, read_roles, verify_roles
from worldmarkets.deployment.listing import ListingStep
from worldmarkets.deployment.lists import assets_of, markets_of
from worldmarkets.deployment.manifest import (
    LOCAL_NETWORK,
    Contract,
    Deployment,
    DeploymentFileError,
    abi_path,
    load_deployment,
    save_deployment,
    write_json,
)
from worldmarkets.deployment.parameters import Parameters
from worldmarkets.deployment.perps import PerpStep
from worldmarkets.deployment.pools import PoolStep
from worldmarkets.deployment.proposals import describe
from worldmarkets.deployment.risk import RiskStep, latest_time, risk_terms
from worldmarkets.deployment.roles import check_named, give_roles, hand_over, proposers
from worldmarkets.rpc import Rpc
from worldmarkets.transactions import Sender, Signer

Report = Callable[[str], None]

NOWHERE = "0x" + "00" * 20


def deploy(
    rpc: Rpc,
    parameters: Parameters,
    deployer: Signer,
    path: Path | None = None,
    report: Report = lambda _: None,
) -> Deployment:
    """Deploy contracts, list assets and markets, set backstop, pools and risk, hand roles over.

    What is there already is checked and left as it is, so that a second run continues after an
    interruption or changes nothing. What is not the deployer's to change, or not yet, is told as an
    operation to propose to the timelock: risk of assets whose listing is too new, for instance.

    Args:
        rpc: The chain.
        parameters: What to deploy.
        deployer: Who pays, and administers the authority until it is handed over.
        path: Where the deployment is recorded and continued from; None keeps no record.
        report: Told what is done, a line at a time.

    Raises:
        DeploymentMismatchError: the chain, the record and the parameters do not agree.
        DeploymentFileError: the record can not be read.
        RiskSetError: the risk parameters can not be read.
        RevertedError: a transaction failed.
    """
    sender = Sender(rpc, deployer)
    if sender.chain_id != parameters.chain_id:
        raise DeploymentMismatchError(
            f"the chain's id is {sender.chain_id}, that of {parameters.network} is "
            f"{parameters.chain_id}"
        )
    check_named(parameters, sender.address)
    wanted_risk = risk_terms(parameters)
    run = _Run(sender, parameters, path, report)
    run.deploy_contracts()
    step = (sender, run.deployment, parameters, report)
    FeedStep(*step).run()
    ListingStep(*step).run()
    run.deploy_backstop()
    step = (sender, run.deployment, parameters, report)
    left = [
        *BackstopStep(*step).run(),
        *PerpStep(*step).run(),
        *PoolStep(*step).run(),
        *RiskStep(*step).run(wanted_risk),
    ]
    give_roles(sender, run.deployment, parameters, report)
    if parameters.handover:
        # What is wrong now could not be put right without the timelock.
        verify_roles(rpc, run.deployment, parameters, leaving=sender.address)
        hand_over(sender, run.deployment, report)
    run.record_roles()
    if left:
        for line in describe(run.deployment, left, parameters.timelock_delay, latest_time(rpc)):
            report(line)
    return run.deployment


def write_abi(path: Path | None = None) -> Path:
    """Write the ABI of the exchange as a plain file for wallets, and return its path."""
    path = path or abi_path()
    write_json(path, list(load("Exchange").abi))
    return path


class _Run:
    """A deployment under way, recorded after each step."""

    def __init__(
        self, sender: Sender, parameters: Parameters, path: Path | None, report: Report
    ) -> None:
        self._sender = sender
        self._parameters = parameters
        self._path = path
        self._report = report
        self._commit = source_commit()
        self.deployment = self._begin()

    def deploy_contracts(self) -> None:
        """Put all contracts on the chain."""
        self._check_tokens()
        parameters = self._parameters
        me = self._sender.address
        authority = self._deploy(Plan("Authority", "Authority", (me,)))
        timelock = (parameters.timelock_delay, proposers(parameters, me), (ANYONE,))
        self._deploy(Plan("Timelock", "Timelock", timelock))
        tokens = [asset.token or self._deploy(plans.token(asset)) for asset in parameters.assets]
        exchange = self._deploy_exchange(authority, _wrapped_native(parameters, tokens))
        for lens in plans.lenses(exchange):
            self._deploy(lens)
        for feed in plans.feeds(authority):
            self._deploy(feed)
        self._record_lists(tokens)

    def deploy_backstop(self) -> None:
        """Put the backstop tranche on the chain, which asks the exchange for its quote asset."""
        self._deploy(plans.backstop(self.deployment.exchange))

    def record_roles(self) -> None:
        """Record who holds which role now."""
        self._save(replace(self.deployment, roles=read_roles(self._sender.rpc, self.deployment)))

    def _deploy_exchange(self, authority: str, wrapped_native: str) -> str:
        parameters = self._parameters
        ramp = parameters.listing_ramp_seconds
        parts = plans.deploy_parts(self._deploy, authority, wrapped_native, ramp)
        treasury = parameters.treasury or self._sender.address
        return self._deploy(plans.exchange(authority, parts, treasury, parameters.insurance_ppm))

    def _record_lists(self, tokens: list[str]) -> None:
        self._save(
            replace(
                self.deployment,
                assets=assets_of(self._parameters, tokens),
                markets=markets_of(self._parameters),
                risk_set=self._parameters.risk_set,
            )
        )

    def _begin(self) -> Deployment:
        """Continue the recorded deployment, or begin one."""
        genesis = genesis_hash(self._sender)
        fresh = Deployment(
            network=self._parameters.network,
            chain_id=self._sender.chain_id,
            genesis_hash=genesis,
            deployer=self._sender.address,
            contracts={},
            assets=(),
            markets=(),
            risk_set=self._parameters.risk_set,
        )
        if self._path is None or not self._path.exists():
            return fresh
        recorded = self._recorded(self._path)
        if recorded is None or recorded.genesis_hash != genesis:
            self._refuse_unless_local()
            return fresh
        if recorded.deployer != self._sender.address:
            raise DeploymentMismatchError(
                f"{self._path} was begun by {recorded.deployer}, not {self._sender.address}"
            )
        return recorded

    def _recorded(self, path: Path) -> Deployment | None:
        """Return the recorded deployment; a local one that can not be read counts for nothing."""
        try:
            return load_deployment(path)
        except DeploymentFileError:
            if self._parameters.network != LOCAL_NETWORK:
                raise
            return None

    def _refuse_unless_local(self) -> None:
        """Begin anew on a local chain; any other that differs is the wrong one."""
        if self._parameters.network != LOCAL_NETWORK:
            raise DeploymentMismatchError(f"{self._path} belongs to another chain")
        self._report("the record of another local chain is replaced")

    def _deploy(self, plan: Plan) -> str:
        known = self.deployment.contracts
        before = known.get(plan.key)
        deployer = ContractDeployer(
            self._sender,
            known,
            self._record,
            gas_per_byte=self._parameters.gas_per_byte,
            commit=self._commit,
            renews=self._parameters.network == LOCAL_NETWORK,
        )
        address = deployer.deploy(plan)
        if self.deployment.contracts[plan.key] != before:
            self._report(f"{plan.key} is at {address}")
        return address

    def _record(self, key: str, contract: Contract) -> None:
        contracts = {**self.deployment.contracts, key: contract}
        self._save(replace(self.deployment, contracts=contracts))

    def _save(self, deployment: Deployment) -> None:
        self.deployment = deployment
        if self._path is not None:
            save_deployment(deployment, self._path)

    def _check_tokens(self) -> None:
        """Look at the tokens that are there already, before anything is sent."""
        for asset in self._parameters.assets:
            if asset.token is None:
                continue
            decimals = token_decimals(self._sender, asset.token)
            if decimals is None:
                raise DeploymentMismatchError(f"there is no token {asset.symbol} at {asset.token}")
            if decimals != asset.token_decimals:
                raise DeploymentMismatchError(
                    f"{asset.symbol} at {asset.token} has {decimals} decimals, not "
                    f"{asset.token_decimals}"
                )


def _wrapped_native(parameters: Parameters, tokens: list[str]) -> str:
    """Return the wrapped native token, the zero address if there is none."""
    wrapped = [
        token
        for asset, token in zip(parameters.assets, tokens, strict=True)
        if asset.wrapped_native
    ]
    return wrapped[0] if wrapped else NOWHERE

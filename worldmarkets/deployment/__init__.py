"""Deploying the exchange and knowing what is deployed."""

from worldmarkets.deployment.contracts import DeploymentMismatchError
from worldmarkets.deployment.deploy import deploy, write_abi
from worldmarkets.deployment.holders import read_roles, verify_roles
from worldmarkets.deployment.manifest import (
    Asset,
    Contract,
    Deployment,
    DeploymentFileError,
    Market,
    Perp,
    Roles,
    load_deployment,
    manifest_path,
)
from worldmarkets.deployment.parameters import ParameterError, Parameters, load_parameters
from worldmarkets.deployment.verify import verify_terms

__all__ = [
    "Asset",
    "Contract",
    "Deployment",
    "DeploymentFileError",
    "DeploymentMismatchError",
    "Market",
    "ParameterError",
    "Parameters",
    "Perp",
    "Roles",
    "deploy",
    "load_deployment",
    "load_parameters",
    "manifest_path",
    "read_roles",
    "verify_roles",
    "verify_terms",
    "write_abi",
]

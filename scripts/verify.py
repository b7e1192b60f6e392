"""Say who holds which role: `ape run verify --network ethereum:<network>:<provider>`.

Fails if anybody but those whom deployments/params/<network>.yaml names holds one.
"""

from dataclasses import asdict
from pathlib import Path

import click
from ape.cli import ConnectedProviderCommand, network_option

from worldmarkets.apeaccounts import told_in_a_line
from worldmarkets.deployment import (
    load_deployment,
    load_parameters,
    manifest_path,
    read_roles,
    verify_roles,
)
from worldmarkets.rpc import Rpc


@click.command(cls=ConnectedProviderCommand)
@network_option()
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of the deployment, instead of deployments/<network>.json.",
)
def cli(provider, record):
    with told_in_a_line():
        network = provider.network.name
        deployment = load_deployment(record or manifest_path(network))
        rpc = Rpc(provider.http_uri)
        for role, holders in asdict(read_roles(rpc, deployment)).items():
            click.echo(f"{role}: {holders if role == 'delay_seconds' else ', '.join(holders)}")
        verify_roles(rpc, deployment, load_parameters(network))
        click.echo("as the parameters say")

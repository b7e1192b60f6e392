"""Say who holds which role: `ape run verify --network ethereum:<network>:<provider>`.

Fails if anybody but those whom deployments/params/<network>.yaml names holds one, or if parts,
lists, feeds, lending pools or risk are not what it says.
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
    verify_terms,
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
        parameters = load_parameters(network)
        verify_roles(rpc, deployment, parameters)
        for sentence in verify_terms(rpc, deployment, parameters):
            click.echo(sentence)
        click.echo("as the parameters say")

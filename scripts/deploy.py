"""Deploy the exchange: `ape run deploy --network ethereum:<network>:<provider> [--account NAME]`.

The parameters are deployments/params/<network>.yaml. Run again, it continues or changes nothing.
"""

from pathlib import Path

import click
from ape.cli import ConnectedProviderCommand, network_option

from worldmarkets.apeaccounts import ape_signer, told_in_a_line
from worldmarkets.deployment import deploy, load_parameters, manifest_path, write_abi
from worldmarkets.rpc import Rpc


@click.command(cls=ConnectedProviderCommand)
@network_option()
@click.option("--account", help="Ape account that deploys; on a local network a test account.")
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of the deployment, instead of deployments/<network>.json.",
)
def cli(provider, account, record):
    with told_in_a_line():
        network = provider.network.name
        path = record or manifest_path(network)
        signer = ape_signer(provider, account)
        rpc = Rpc(provider.http_uri)
        deployment = deploy(rpc, load_parameters(network), signer, path, click.echo)
        click.echo(f"exchange {deployment.exchange}")
        click.echo(f"deployment {path}")
        click.echo(f"ABI {write_abi()}")

"""Run a keeper with a key of Ape: `ape run keeper --network ethereum:<network>:<provider> ...`.

What follows is as for `world keeper`, e.g. `ape run keeper --account NAME -- settle --least 10`.
"""

import click
from ape.cli import ConnectedProviderCommand, network_option

from worldmarkets.apeaccounts import ape_signer, told_in_a_line


@click.command(cls=ConnectedProviderCommand)
@network_option()
@click.option("--account", help="Ape account that sends; on a local network a test account.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def cli(provider, account, arguments):
    # Ape imports every script to list them, so keepers are loaded only when one is run.
    from worldmarkets.keepers.command import command  # noqa: PLC0415
    from worldmarkets.keepers.running import Connected  # noqa: PLC0415

    with told_in_a_line():
        signer = ape_signer(provider, account)
        connected = Connected(provider.http_uri, signer, provider.network.name)
        command.main(args=list(arguments), prog_name="ape run keeper", obj=connected)

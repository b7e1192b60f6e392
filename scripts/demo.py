"""Run the demonstration on a local node of its own: `ape run demo`, the same as `world demo`."""

import click


@click.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def cli(arguments):
    # Ape imports every script to list them, so the demonstration is loaded only when it is run.
    from worldmarkets.demo.command import command  # noqa: PLC0415

    command.main(args=list(arguments), prog_name="ape run demo")

"""``graphkit env``: what this installation runs on, for a bug report."""

import typer

import graphkit

EXAMPLE = "Example:\n\n  graphkit env"


def env() -> None:
    """Show versions, platform, threads and devices, one `name<TAB>value` a line."""
    for name, value in graphkit.env().items():
        typer.echo(f"{name}\t{value}")

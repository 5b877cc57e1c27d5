"""``graphkit simulate``: data whose truth is known."""

from pathlib import Path
from typing import Annotated

import typer

from graphkit.cli import console
from graphkit.cli.output import refuse_overwriting
from graphkit.datasets import SimulationParams, simulate_transcripts, write_transcripts

EXAMPLE = """
Examples:

  graphkit simulate transcripts -o simulated.fa
  graphkit simulate transcripts -o simulated.fa --sites simulated.bed --number 400 --seed 1
"""

app = typer.Typer(no_args_is_help=True, help="Simulate data whose truth is known.")
DEFAULTS = SimulationParams()


@app.callback()
def simulate() -> None:
    """Simulate data whose truth is known."""


@app.command(epilog=EXAMPLE)
def transcripts(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="PATH", help="FASTA, headers `>id|label`.")
    ],
    sites: Annotated[
        Path | None, typer.Option(metavar="BED", help="Also write where elements were planted.")
    ] = None,
    number: Annotated[
        int, typer.Option("--number", "-n", min=1, help="How many transcripts.")
    ] = DEFAULTS.n_transcripts,
    shortest: Annotated[int, typer.Option(min=1, help="Least length, nt.")] = DEFAULTS.length[0],
    longest: Annotated[int, typer.Option(min=1, help="Greatest length, nt.")] = DEFAULTS.length[1],
    elements: Annotated[
        int, typer.Option(min=0, help="Elements planted in each transcript.")
    ] = DEFAULTS.n_sites,
    shared: Annotated[
        bool, typer.Option("--shared", help="Plant the same elements in every class: a control.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same transcripts.")] = 0,
) -> None:
    """Write transcripts of two classes, alike but for elements planted at known positions.

    Nothing about them was measured: they test whether a model finds what is there.
    """
    refuse_overwriting(sites, {"the FASTA": output})
    params = SimulationParams(
        n_transcripts=number,
        length=(shortest, longest),
        n_sites=elements,
        shared_elements=shared,
    )
    write_transcripts(simulate_transcripts(params, seed=seed), output, sites=sites)
    console.note(f"{number:,} transcripts in {output}")

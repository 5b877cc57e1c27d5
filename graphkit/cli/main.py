"""The ``graphkit`` command: verbs, and how every run ends."""

import os
import signal
import sys
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from graphkit.cli import (
    crossval,
    denoise,
    domains,
    env,
    evaluate,
    explain,
    localize,
    models,
    modules,
    motifs,
    rank_genes,
    simulate,
    train,
)
from graphkit.cli.terminal import console
from graphkit.cli.terminal.spots import reworded
from graphkit.errors import InputError
from graphkit.version import __version__

STDERR = 2
INPUT_AT_FAULT = 2
INTERRUPTED = 130
BROKEN_PIPE = 141  # what a shell reports of a program that its pipe left
TERMINATED = 143


class Guarded(TyperGroup):
    """Turn what can go wrong outside the program into one clean message and an exit status.

    An error of the program itself keeps its traceback.
    """

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            console.fail(str(reworded(error)))
            status = INPUT_AT_FAULT
        except BrokenPipeError:
            status = BROKEN_PIPE
        except OSError as error:
            name = f"{error.filename}: " if error.filename else ""
            console.fail(f"{name}{error.strerror or error}")
            status = INPUT_AT_FAULT
        except MemoryError:
            console.fail("not enough memory")
            status = INPUT_AT_FAULT
        except KeyboardInterrupt:
            console.note("Interrupted.")
            status = INTERRUPTED
        _settle_stdout()
        raise typer.Exit(status)


app = typer.Typer(
    cls=Guarded,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example:\n\n  graphkit localize lncrnas.fa -o where.tsv --report where.html",
)
app.command(epilog=localize.EXAMPLE)(localize.localize)
app.command(epilog=explain.EXAMPLE)(explain.explain)
app.command(epilog=motifs.EXAMPLE)(motifs.motifs)
app.command(epilog=train.EXAMPLE)(train.train)
app.command(epilog=evaluate.EXAMPLE)(evaluate.evaluate)
app.command(epilog=crossval.EXAMPLE)(crossval.crossval)
app.command(epilog=denoise.EXAMPLE)(denoise.denoise)
app.command(epilog=domains.EXAMPLE)(domains.domains)
app.command(epilog=modules.EXAMPLE)(modules.modules)
app.command("rank-genes", epilog=rank_genes.EXAMPLE)(rank_genes.rank_genes)
app.add_typer(simulate.app, name="simulate")
app.command(epilog=models.EXAMPLE)(models.models)
app.command(epilog=env.EXAMPLE)(env.env)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"graphkit {__version__}")
        raise typer.Exit


@app.callback()
def graphkit(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Graph learning for biological sequences: where a lncRNA sits, and how well that is known."""


def main() -> None:
    """Run the command line; the entry point of the installed ``graphkit``."""
    _open_standard_streams()
    signal.signal(signal.SIGTERM, _end)
    app(prog_name="graphkit")


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    # An exception, unlike the default, lets open files be cleaned up on the way out; `timeout`
    # sends the signal twice, and the second would break that off.
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(TERMINATED)


def _open_standard_streams() -> None:
    """Open what cron, daemons and ``>&-`` closed: nothing to read, and words into nowhere.

    Otherwise the next file opened would get their number, and all that is printed with it.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= STDERR:
        pass
    os.close(number)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8"))


def _settle_stdout() -> None:
    """Drop what stdout cannot take, or Python would fail on it again while it shuts down."""
    try:
        sys.stdout.flush()
    except OSError:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())

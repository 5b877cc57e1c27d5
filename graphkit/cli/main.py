"""The ``graphkit`` command: verbs, and how every run ends."""

import os
import re
import signal
import sys
from importlib import import_module
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.main import get_command

from graphkit.cli.terminal import console
from graphkit.cli.terminal.wording import reworded
from graphkit.errors import InputError
from graphkit.version import __version__

STDERR = 2
INPUT_AT_FAULT = 2
INTERRUPTED = 130
BROKEN_PIPE = 141  # what a shell reports of a program that its pipe left
TERMINATED = 143

# What each verb does, as the first line of its help says. The file of a verb is imported when it is
# called: a list of verbs must not wait for what they compute with.
VERBS = {
    "localize": "Predict where in the cell each transcript sits: a row per record, in the order of"
    " input.",
    "explain": "Score the nucleotides that a prediction rests on: tables, tracks and a"
    " page, in one folder.",
    "motifs": "Find the elements a model relies on, and test them on measured labels where"
    " there are any.",
    "embed": "Embed transcripts: one row each, for scanpy's neighbours, clusters and maps.",
    "nearest": "Look up the nearest cells, spots or transcripts of a reference, in any embedding.",
    "train": "Train a model on sequences whose class is known, and test it on records it"
    " has not seen.",
    "evaluate": "Score a model on records whose class is known, beside baselines, with intervals.",
    "crossval": "Cross-validate a method on your records, beside baselines.",
    "denoise": "Denoise the expression of spots or cells with the help of their neighbours.",
    "domains": "Divide a tissue into domains: spots alike in expression and near one another.",
    "modules": "Group genes that are expressed in the same places of a tissue.",
    "rank-genes": "Rank the genes that tell each domain, by a spot's own expression and"
    " its neighbours'.",
    "cluster": "Cluster cells by their raw counts, without labels.",
    "annotate": "Annotate cells with the types of a reference.",
    "check-labels": "Find the cells whose label is likely wrong, and suggest another.",
    "view": "Draw all results in a table on one page, to send to a colleague.",
    "serve": "Serve graphkit as a page in a browser, for a FASTA, a slide or cells.",
    "models": "List the models that come with graphkit, as TSV: name, summary, folder.",
    "env": "Show versions, platform, threads and devices, one `name<TAB>value` a line.",
    "simulate": "Simulate data whose truth is known.",
}


class Guarded(TyperGroup):
    """Turn what can go wrong outside the program into one clean message and an exit status.

    An error of the program itself keeps its traceback.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read ``help VERB`` as ``VERB --help``."""
        return super().parse_args(ctx, [*args[1:], "--help"] if args[:1] == ["help"] else args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Load the verb that is called."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, load(str(name)), rest

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
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Examples:\n\n  graphkit localize lncrnas.fa -o where.tsv --report where.html"
    "\n  graphkit help localize\n  graphkit --install-completion",
)
for _name, _summary in VERBS.items():
    app.command(_name, help=_summary)(lambda: None)


def load(name: str) -> Any:
    """Return the command of a verb, from the file that is called like it."""
    word = name.replace("-", "_")
    module = import_module(f"graphkit.cli.{word}")
    verb = getattr(module, word)
    if not isinstance(verb, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(name, epilog=module.EXAMPLE)(verb)
        verb = alone
    command = get_command(verb)
    for one in (command, *getattr(command, "commands", {}).values()):
        # Lines of a docstring are no lines of a terminal; indented ones are kept apart.
        one.help = re.sub(r"(?<=\S)\n(?=\S)", " ", one.help or "")
    return command


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
    """Graph learning for biological sequences, tissues and cells."""


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

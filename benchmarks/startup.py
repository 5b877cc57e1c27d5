"""What it costs to begin: CPU time of short commands beside that of what they cannot do without.

``localize`` of one record beside ``import torch``, and ``graphkit --help`` beside the help of a
typer app of as many empty verbs. CPU time of a process of its own, imports compiled, the least of
several runs; one thread.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from common import limit_threads, save, show

limit_threads(1)

from typer.main import get_command  # noqa: E402

from graphkit.cli.main import app  # noqa: E402
from graphkit.datasets import shipped  # noqa: E402
from graphkit.sequences import read_fasta, write_fasta  # noqa: E402

RUNS = 15
BAR = 2.0


def cpu_seconds(*command: str) -> float:
    """Return the CPU time of a command, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def beside(what: str, command: list[str], other: str, least: list[str]) -> dict[str, object]:
    """Run two commands in turn, so that both meet the same machine, and compare the least."""
    runs = [(cpu_seconds(*command), cpu_seconds(*least)) for _ in range(RUNS)]
    ours, theirs = map(min, zip(*runs, strict=True))
    return {
        "what": what,
        "cpu_s": ours,
        "beside": other,
        "beside_cpu_s": theirs,
        "ratio": ours / theirs,
        "bar": BAR,
    }


def empty_app(n_verbs: int) -> str:
    """Return the source of a typer app whose verbs do nothing."""
    verbs = "".join(f"@app.command()\ndef verb{i}(): 'Do nothing.'\n" for i in range(n_verbs))
    return f"import typer\napp = typer.Typer()\n{verbs}app(['--help'])"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        fasta = Path(folder) / "one.fa"
        write_fasta([next(read_fasta(shipped("mouse_lincrnas.fasta")))], fasta)
        rows = [
            beside(
                "localize of one record",
                ["-m", "graphkit", "localize", str(fasta)],
                "import torch",
                ["-c", "import torch"],
            ),
            beside(
                "--help",
                ["-m", "graphkit", "--help"],
                "help of a typer app of as many empty verbs",
                ["-c", empty_app(len(get_command(app).commands))],
            ),
        ]
    show(rows, title="CPU time to begin, one thread")
    save(__file__, rows, threads=1, packages=("graphkit-bio", "numpy", "torch", "typer"))


if __name__ == "__main__":
    main()

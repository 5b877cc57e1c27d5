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

RUNS = 7
BAR = 2.0


def cpu_seconds(*command: str) -> float:
    """Return the least CPU time of a command, in seconds."""
    seconds = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(seconds)


def empty_app(n_verbs: int) -> str:
    """Return the source of a typer app whose verbs do nothing."""
    verbs = "".join(f"@app.command()\ndef verb{i}(): 'Do nothing.'\n" for i in range(n_verbs))
    return f"import typer\napp = typer.Typer()\n{verbs}app(['--help'])"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        fasta = Path(folder) / "one.fa"
        write_fasta([next(read_fasta(shipped("mouse_lincrnas.fasta")))], fasta)
        rows = [
            {
                "what": "localize of one record",
                "cpu_s": cpu_seconds("-m", "graphkit", "localize", str(fasta)),
                "beside": "import torch",
                "beside_cpu_s": cpu_seconds("-c", "import torch"),
            },
            {
                "what": "--help",
                "cpu_s": cpu_seconds("-m", "graphkit", "--help"),
                "beside": "help of a typer app of as many empty verbs",
                "beside_cpu_s": cpu_seconds("-c", empty_app(len(get_command(app).commands))),
            },
        ]
    rows = [{**row, "ratio": row["cpu_s"] / row["beside_cpu_s"], "bar": BAR} for row in rows]
    show(rows, title="CPU time to begin, one thread")
    save(__file__, rows, threads=1, packages=("graphkit-bio", "numpy", "torch", "typer"))


if __name__ == "__main__":
    main()

"""Name and write the files that a job leaves in its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "table.tsv": "text/tab-separated-values",
    "table.csv": "text/csv",
    "table.json": "application/json",
    "report.html": "text/html",
    "track.svg": "image/svg+xml",
    "scores.bedgraph": "text/plain",
    "scores.tsv": "text/tab-separated-values",
    "seqlets.bed": "text/plain",
    "explanation.json": "application/json",
    "explanation.html": "text/html",
    "result.h5ad": "application/x-hdf5",
    "page.html": "text/html",
}
"""What a job may leave, under names of our own; nothing else is ever handed out."""
SHOWN = "shown.html"
"""The page of a job, with links to what else there is."""


def write(folder: Path, name: str, text: str) -> None:
    """Write a page into a folder, whatever letters a header left in it."""
    (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")

"""Write simulated transcripts: labelled FASTA and a table of the planted sites."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.files import atomic_write
from graphkit.sequences.fasta import write_fasta

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphkit.datasets.transcripts import SimulatedTranscript

SITES_HEADER = "#id\tstart\tend\telement"


def write_transcripts(
    transcripts: Iterable[SimulatedTranscript],
    fasta: str | Path,
    *,
    sites: str | Path | None = None,
) -> None:
    """Write transcripts as labelled FASTA, and where their elements were planted.

    The sites are tab-separated with a ``#`` header line, 0-based and half-open: a BED4 file.
    Each file appears whole or not at all.

    Parameters
    ----------
    transcripts
        What :func:`graphkit.datasets.simulate_transcripts` returned.
    fasta
        Gets one record per transcript; the text after the last ``|`` of its header is the label.
    sites
        Gets one line per planted element; None writes no such file.

    Raises
    ------
    InputError
        If a file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from graphkit.datasets import SimulationParams, simulate_transcripts
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_transcripts(simulate_transcripts(SimulationParams(n_transcripts=2)), folder / "x.fa")
    >>> (folder / "x.fa").read_text().splitlines()[0]
    '>sim0001|Cytoplasm'
    """
    transcripts = tuple(transcripts)
    write_fasta((transcript.record for transcript in transcripts), fasta)
    if sites is not None:
        lines = [SITES_HEADER]
        lines += [
            f"{transcript.record.id}\t{site.start}\t{site.end}\t{site.element}"
            for transcript in transcripts
            for site in transcript.sites
        ]
        _write_text(Path(sites), "\n".join(lines) + "\n")


def _write_text(path: Path, text: str) -> None:
    try:
        with atomic_write(path) as stream:
            stream.write(text.encode())
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=path) from error

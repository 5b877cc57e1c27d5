"""What the verbs for spots and cells do before and after their method."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from graphkit.cli import console
from graphkit.cli.console import told_warnings
from graphkit.cli.estimators import use_threads
from graphkit.cli.places import FIGURE, RESULT, check_place
from graphkit.cli.spatial_words import in_options, option_of
from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from anndata import AnnData

AUTO: Final = "auto"


@dataclass(frozen=True, slots=True)
class Slots:
    """Where a table has what a method needs: options of every verb for spots.

    Parameters
    ----------
    layer
        Of the raw counts; None for X.
    spatial_key
        ``obsm`` key of the coordinates.
    library_key
        ``obs`` column of the slides; None for one slide.
    """

    layer: str | None
    spatial_key: str
    library_key: str | None

    def read(self, source: Path) -> AnnData:
        """Read a table of any supported format that has these slots."""
        from graphkit.omics import read_spatial

        return read_spatial(
            source, layer=self.layer, spatial_key=self.spatial_key, library_key=self.library_key
        )


def save(adata: AnnData, output: Path, *, what: str) -> None:
    """Write the table with its results, whole or not at all, and say so."""
    from graphkit.omics import write_h5ad

    write_h5ad(adata, output)
    console.note(f"{adata.n_obs:,} spots x {adata.n_vars:,} genes {what}, in {output}")


def check_places(source: Path, *, output: Path, figure: Path | None) -> None:
    """Raise InputError where results cannot go: an hour of work later is too late.

    Parameters
    ----------
    source
        What is read.
    output, figure
        What is written.
    """
    check_place(output, option="-o", suffixes=RESULT, others={"the input": source})
    others = {"the input": source, "the results": output}
    check_place(figure, option="--figure", suffixes=FIGURE, others=others)


@contextmanager
def reporting(source: Path, *, device: str, threads: int | None) -> Iterator[str]:
    """Run a method: on a device that is there, its warnings as lines, its errors with the file.

    Parameters
    ----------
    source
        The file or folder that errors are about.
    device, threads
        As the options of these names.

    Yields
    ------
    str
        The device chosen.
    """
    from graphkit.training import choose_device

    use_threads(threads)
    chosen = str(choose_device(device))
    with told_warnings(in_options):
        try:
            yield chosen
        except InputError as error:
            if (error.slot or "").startswith("-"):
                raise
            raise error.at(
                file=error.file or source,
                slot=option_of(error.slot),
                remedy=None if error.remedy is None else in_options(error.remedy),
            ) from error


def number_or_auto(text: str, *, option: str) -> int | Literal["auto"]:
    """Return a number of groups, or ``"auto"``.

    Raises
    ------
    InputError
        If it is neither, or less than two.

    Examples
    --------
    >>> number_or_auto("7", option="--n-domains"), number_or_auto("auto", option="--n-domains")
    (7, 'auto')
    """
    if text == AUTO:
        return AUTO
    if not text.isdecimal() or int(text) < 2:
        raise InputError(f"is {text!r}", slot=option, remedy=f"Give 2 or more, or {AUTO}.")
    return int(text)

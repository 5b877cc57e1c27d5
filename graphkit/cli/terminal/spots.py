"""Read, check, report and save, for the verbs for spots and cells."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from graphkit.cli.terminal import console
from graphkit.cli.terminal.console import told_warnings
from graphkit.cli.terminal.estimate import announce
from graphkit.cli.terminal.loading import use_threads
from graphkit.cli.terminal.places import FIGURE, RESULT, check_folder, check_place, resumable
from graphkit.cli.terminal.wording import in_options, reworded
from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import typer
    from anndata import AnnData

    from graphkit.tasks.costs import Cost
    from graphkit.tasks.spatial_estimator import SpatialEstimator

E = TypeVar("E", bound="SpatialEstimator")

AUTO: Final = "auto"


@dataclass(frozen=True, slots=True)
class Slots:
    """Slots of a table that a method reads: options of every verb for spots.

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

    def read(
        self,
        source: Path,
        *,
        positions: Path | None = None,
        bin_size: int | None = None,
        on_disk: bool | None = None,
        cells: bool = False,
    ) -> AnnData:
        """Read a table of any supported format that has these slots, and one slide or names.

        Where `cells` will do, rows may have no places.
        """
        from graphkit.omics import coordinates, placeless, read_spatial, require_known_slides

        asked = asdict(self) | ({"spatial_key": None} if cells else {})
        adata = read_spatial(
            source, **asked, positions=positions, bin_size=bin_size, on_disk=on_disk
        )
        if self.mapped(adata):
            console.note(f"Counts stay on the disk, in {gettempdir()}")
        if cells and not placeless(adata, spatial_key=self.spatial_key):
            coordinates(adata, spatial_key=self.spatial_key, library_key=self.library_key)
        require_known_slides(adata, spatial_key=self.spatial_key, library_key=self.library_key)
        return adata

    def mapped(self, adata: AnnData) -> bool:
        """Return whether the counts stay on the disk."""
        from graphkit.omics.mapped import is_mapped

        return is_mapped(adata.X if self.layer is None else adata.layers[self.layer])

    def run_dir(self, adata: AnnData, output: Path) -> AbstractContextManager[Path | None]:
        """Keep beside the result what a run of hours has learnt: one with counts on the disk."""
        return resumable(output, "ckpt") if self.mapped(adata) else nullcontext()


@dataclass(frozen=True, slots=True)
class ModelFolders:
    """Folders that a model is loaded from and saved to: options of every verb that fits one.

    Parameters
    ----------
    model
        Folder of a fitted model; None to fit one.
    save_model
        Folder to keep it in; None to keep none.
    """

    model: Path | None
    save_model: Path | None

    def check(self, context: typer.Context, *fitting: str, source: Path) -> None:
        """Raise InputError for options that only a fit reads beside --model, or for no place.

        Parameters
        ----------
        context
            Of the command.
        fitting
            Names of the options.
        source
            What is read.
        """
        refuse_beside_model(context, *fitting, "save_model", model=self.model)
        if self.save_model is not None:
            inputs = {"the input": source}
            check_folder(
                self.save_model,
                marker="config.json",
                force=True,
                inputs=inputs,
                option="--save-model",
            )

    def fitted(
        self,
        kind: type[E],
        adata: AnnData,
        slots: Slots,
        *,
        cost: Cost,
        use_rep: str | None = None,
        **arguments: Any,
    ) -> E:
        """Return the model, loaded, or fitted to `adata` and kept.

        Parameters
        ----------
        kind
            Its class.
        adata, slots
            The tissue.
        cost
            Of a fit; told beforehand.
        use_rep
            What is read in place of counts, where the class can.
        arguments
            Of the class.
        """
        if self.model is not None:
            return kind.load(self.model, device=arguments["device"])
        announce(cost)
        model: Any = kind(**arguments)
        reads = asdict(slots) if use_rep is None else {**asdict(slots), "use_rep": use_rep}
        model.fit(adata, **reads, progress=sys.stderr.isatty())
        if self.save_model is not None:
            model.save(self.save_model)
            console.note(f"Model in {self.save_model}")
        return model


def refuse_beside_model(context: typer.Context, *names: str, model: Path | None) -> None:
    """Raise InputError for the first of some options that was given beside --model."""
    for name in names:
        source = context.get_parameter_source(name)
        if model is not None and source is not None and source.name == "COMMANDLINE":
            raise InputError(
                "does not go with --model, which fits nothing",
                slot=f"--{name.replace('_', '-')}",
                remedy="Leave out one of both.",
            )


def save(
    adata: AnnData,
    output: Path,
    *,
    what: str,
    key: str,
    source: Path,
    model: Path | None = None,
    rows: str = "spots",
) -> None:
    """Write the table with its results, whole or not at all, and say so.

    Parameters
    ----------
    adata
        The table.
    output
        Where to.
    what
        What was done, for the user.
    key
        Name of the result, whose origin gets the name of `source`.
    source
        What was read.
    model
        Folder in which the model was kept, if it was.
    rows
        What a row of the table is.
    """
    from graphkit.omics import write_adata
    from graphkit.omics.keys import ORIGIN

    made = adata.uns[ORIGIN][key]
    made["input"] = source.resolve().name
    if model is not None:
        from graphkit.training import folder_sha256

        made["model_sha256"] = folder_sha256(model)

    write_adata(adata, output)
    console.note(f"{adata.n_obs:,} {rows} x {adata.n_vars:,} genes {what}, in {output}")


def tell_reuse(adata: AnnData) -> None:
    """Say that neighbours are read from the table, where it has a graph."""
    from graphkit.omics.keys import CONNECTIVITIES

    if CONNECTIVITIES in adata.obsp:
        console.note(f"Neighbours: obsp[{CONNECTIVITIES!r}] of the table; without it, made anew.")


def check_places(source: Path, *, output: Path, figure: Path | None) -> None:
    """Raise InputError where results cannot go: an hour of work later is too late.

    Parameters
    ----------
    source
        What is read.
    output, figure
        What is written.
    """
    if output.suffix == ".zarr":
        check_folder(output, marker=".zgroup", force=True, inputs={"the input": source})
    else:
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
            raise reworded(error).at(file=error.file or source) from error


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


def split_names(text: str | None) -> list[str]:
    """Return the names in a list with commas.

    Examples
    --------
    >>> split_names("MBP, PLP1,"), split_names(None)
    (['MBP', 'PLP1'], [])
    """
    return [] if text is None else [name.strip() for name in text.split(",") if name.strip()]

"""``graphkit nearest``: cells or transcripts in, the nearest of a reference out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import graphkit
from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.delivery import origin_of
from graphkit.cli.terminal.loading import load_model, model_sha256, use_threads
from graphkit.cli.terminal.places import check_folder, check_place
from graphkit.cli.terminal.reading import begin_reading
from graphkit.cli.terminal.wording import in_options
from graphkit.errors import InputError
from graphkit.reports.output import write_origin
from graphkit.reports.tables import format_of, write_table
from graphkit.sequences.label_table import LabelTable

if TYPE_CHECKING:
    from anndata import AnnData

    from graphkit.tasks import NearestIndex
    from graphkit.tasks.localize.model import SequenceModel

EXAMPLE = """
Examples:

  graphkit nearest atlas.h5ad cells.h5ad -o nearest.tsv --label cell_type --use-rep X_pca
  graphkit nearest known.fa lncrnas.fa -o nearest.tsv --labels classes.tsv --save-index known
  graphkit nearest known others.fa -n 3 > nearest.tsv
  graphkit nearest lncloc lncrnas.fa -n 3 > measured.tsv
"""
MODEL = "model_sha256"


def nearest(
    context: typer.Context,
    reference: Annotated[
        str,
        typer.Argument(
            metavar="REFERENCE",
            help="What is looked up: a FASTA, an .h5ad, a folder that --save-index made, or a"
            " model that has an index, such as lncloc.",
        ),
    ],
    query: Annotated[str, typer.Argument(metavar="QUERY", help="FASTA or .h5ad, like it.")],
    output: options.TableFile = None,
    genome: options.Genome = None,
    n: Annotated[int, typer.Option("-n", min=1, help="Neighbours of each.")] = 10,
    label: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="Label of the reference: obs[COLUMN].", show_default="its names"
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(metavar="TSV", help="Labels of a FASTA as the reference, id<TAB>label."),
    ] = None,
    use_rep: Annotated[
        str | None,
        typer.Option(
            metavar="KEY",
            help="Embedding of .h5ad: obsm[KEY], or X. It must be one space in both files.",
            show_default="the index's; X_pca, or the only one",
        ),
    ] = None,
    metric: Annotated[str, typer.Option(help="euclidean or cosine.")] = "euclidean",
    save_index: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also keep the index, to be given as REFERENCE."),
    ] = None,
    model: options.NamedModel = "lncloc",
    format: options.TableFormat = None,  # noqa: A002
    seed: options.Seed = 0,
    force: Annotated[bool, typer.Option("--force", help="Replace an older index.")] = False,
    device: options.Device = "auto",
    threads: options.Threads = None,
) -> None:
    """Look up the nearest cells, spots or transcripts of a reference, in any embedding.

    A row for each query and neighbour, nearest first: query, rank, distance, label, and the
    neighbour's name. Transcripts are embedded by the model, as embed does it. Distances are exact
    up to 20,000 items; above, a neighbour may be missed now and then. The index of a model that
    ships names transcripts by number, and gives what was measured of them.
    """
    table = None if output is None or str(output) == "-" else output
    places = {"the reference": Path(reference), "the query": Path(query)}
    check_place(table, option="-o", others={**places, "the labels": labels, "the genome": genome})
    kind = format_of(table, format)
    if save_index is not None:
        inputs = {**places, "the table": table}
        check_folder(
            save_index, marker="config.json", force=force, inputs=inputs, option="--save-index"
        )
    if labels is not None and (label is not None or _is_cells(query)):
        raise InputError(
            "labels of a FASTA that has no others",
            slot="--labels",
            remedy="Of cells give --label COLUMN, of a FASTA --labels alone.",
        )
    use_threads(threads)
    fitted = None if _is_cells(query) else load_model(model, device=device, threads=threads)
    index = _open(reference)
    with console.progress("Looking up", total=None):
        if index is None:
            from graphkit.tasks.nearest import index_adata

            known = _read(reference, fitted, like=query, genome=genome)
            if labels is not None:
                label = _join(known, labels)
            index = index_adata(
                known,
                use_rep="X" if fitted else use_rep,
                label=label,
                metric=metric,
                random_state=seed,
            )
            if fitted:
                index.about_ |= {"model": model, MODEL: model_sha256(model)}
        elif label or labels:
            raise InputError(
                "labels are those of the index", slot="--label", remedy="Leave it out."
            )
        taught = index.about_.get(MODEL)
        if fitted and taught != model_sha256(model):
            raise InputError(
                f"{reference} was not embedded by the model {model}",
                slot="--model",
                remedy=f"Give the model {index.about_.get('model', 'that it was made with')}.",
            )
        asked = _read(query, fitted, like=reference, genome=genome)
        found = graphkit.nearest(index, asked, n=n, use_rep="X" if fitted else use_rep)
    write_table(found, table, format=kind)
    origin = origin_of(context, reference, query, model_sha256=taught)
    write_origin(table, origin)
    if save_index is not None:
        index.save(save_index)
        write_origin(save_index / "model.safetensors", origin)
    console.note(f"{asked.n_obs:,} looked up among {len(index):,}")


def _is_cells(source: str) -> bool:
    """Say whether a file or folder is AnnData, by what is in it."""
    from graphkit.omics.readers import HDF5

    path = Path(source)
    if path.is_file():
        with path.open("rb") as file:
            return file.read(len(HDF5)) == HDF5
    return path.is_dir()


def _open(reference: str) -> "NearestIndex | None":
    """Return the index that `reference` is, or has; None where it is what to make one of."""
    shipped = reference in {model.name for model in graphkit.models()}
    if not shipped and not (Path(reference) / "config.json").is_file():
        return None
    from graphkit.tasks import NearestIndex

    found = graphkit.load(reference)
    if isinstance(found, NearestIndex):
        return found
    index: NearestIndex | None = getattr(getattr(found, "ensemble_", None), "nearest", None)
    if index is None:
        raise InputError(
            "is a model without an index", file=reference, remedy="Give a FASTA or an .h5ad."
        )
    index.about_ = {"use_rep": "X", "model": reference, MODEL: model_sha256(reference)}
    return index


def _read(
    source: str, fitted: "SequenceModel | None", *, like: str, genome: Path | None
) -> "AnnData":
    """Return cells, or embedded transcripts."""
    if _is_cells(source) == bool(fitted):
        raise InputError(
            f"is not of the kind of {like}",
            file=source,
            remedy="Give FASTA and FASTA, or .h5ad and .h5ad.",
        )
    if not fitted:
        with console.told_warnings(in_options):
            return graphkit.read_spatial(source, spatial_key=None)
    embedded = graphkit.embed(fitted, list(begin_reading(source, genome=genome)))
    again = embedded.obs["id"][embedded.obs["id"].duplicated()]
    if len(again):
        such = f"(such as {again.iloc[0]})"
        console.warn(f"{source}: {len(again):,} ids occurred before and were numbered {such}")
    return embedded


def _join(adata: "AnnData", path: Path) -> str:
    """Put the labels of a table into ``obs``; return their column."""
    table = LabelTable(path)
    given = [table.label(graphkit.Record(name, "")) for name in adata.obs["id"]]
    if None in given:
        raise InputError(
            f"has no label for {adata.obs['id'].iloc[given.index(None)]}",
            file=path,
            remedy="Give each record of the reference a label.",
        )
    adata.obs["given"] = given
    return "given"

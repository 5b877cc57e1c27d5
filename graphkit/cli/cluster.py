"""``graphkit cluster``: cells in, the same cells with their clusters out."""

import sys
from typing import Annotated

import typer

from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.estimate import announce
from graphkit.cli.terminal.spots import check_places, reporting, save
from graphkit.errors import InputError
from graphkit.reports.tissue import domain_picture, tissue_of
from graphkit.tasks.costs import cluster_cost

EXAMPLE = """
Examples:

  graphkit cluster cells.h5ad -o clusters.h5ad --n-clusters 8
  graphkit cluster cells.h5ad -o clusters.h5ad --n-clusters leiden --resolution 0.5
  graphkit cluster cells.h5ad -o clusters.h5ad --n-clusters auto --batch-key donor
  graphkit cluster cells.h5ad -o clusters.h5ad --n-clusters 8 --figure clusters.png
  graphkit cluster cells.h5ad -o clusters.h5ad --n-clusters 8 --method cicl
"""
KEY = "cluster"
AUTO, LEIDEN = "auto", "leiden"
MAP = "X_umap"


def cluster(
    source: options.Source,
    output: options.Result,
    n_clusters: Annotated[
        str,
        typer.Option(
            metavar="K|auto|leiden",
            help="How many; as many as lie clearly apart; or as many as --resolution has.",
        ),
    ] = LEIDEN,
    resolution: Annotated[
        float, typer.Option(min=0.001, max=1000, help="Of Leiden: the higher, the more clusters.")
    ] = 1.0,
    batch_key: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="obs column of batches, whose effects are taken away."),
    ] = None,
    method: Annotated[
        str, typer.Option(metavar="autoencoder|cicl|group|scrcl", help="What the networks are.")
    ] = "autoencoder",
    members: Annotated[int, typer.Option(min=1, max=100, help="Networks that must agree.")] = 3,
    min_counts: Annotated[int, typer.Option(min=0, help="Leave out cells with fewer counts.")] = 10,
    figure: options.Figure = None,
    layer: options.Layer = None,
    seed: options.Seed = 0,
    device: options.Device = "auto",
    threads: options.Threads = None,
) -> None:
    """Cluster cells by their raw counts, without labels.

    OUT.h5ad holds IN, obs["cluster"] (1 is the largest), obs["cluster_stability"] (how likely the
    cell is there again, were its molecules counted anew), obs["cluster_oddness"] (how like two
    cells in one it is), obs["cluster_damaged"], scanpy's columns of quality, and obsm["X_cluster"],
    for scanpy's neighbours and maps; with --figure also obsm["X_umap"]. Beside principal components
    stand networks that predict one half of a cell's molecules from the other; how far k-means on
    the components alone agrees is printed.

    With --n-clusters auto, uns["cluster"]["determined"] says whether groups lie apart in held-out
    molecules; where not, Leiden gives their number. With --batch-key, the effect of a batch is
    estimated from the clusters that it shares with others: types of one batch stay apart; without
    it, a column named as batches are that keeps cells apart is warned of. With --method cicl, group
    or scrcl, the embedding of those networks is in obsm["X_cicl"] and so on.
    """
    check_places(source, output=output, figure=figure)
    named = n_clusters in (AUTO, LEIDEN)
    if not named and (not n_clusters.isdecimal() or int(n_clusters) < 2):
        remedy = f"Give 2 or more, {AUTO} or {LEIDEN}."
        raise InputError(f"is {n_clusters!r}", slot="--n-clusters", remedy=remedy)
    with reporting(source, device=device, threads=threads) as chosen:
        from graphkit.omics import read_spatial
        from graphkit.omics.maps import umap
        from graphkit.tasks.cells.clusters import CellClusters

        adata = read_spatial(source, layer=layer, spatial_key=None)
        announce(cluster_cost(adata, members=members))
        model = CellClusters(
            n_clusters if named else int(n_clusters),
            resolution=resolution,
            batch_key=batch_key,
            method=method,
            members=members,
            min_counts=min_counts,
            random_state=seed,
            device=chosen,
            threads=threads,
        )
        model.fit(adata, layer=layer, progress=sys.stderr.isatty()).annotate(adata)
        about = adata.uns[KEY]
        if about["left_out"]:
            console.note(f"{about['left_out']:,} cells have no cluster: too few counts")
        if adata.obs[f"{KEY}_oddness"].isna().all():
            console.note(f"Two cells in one cannot be told here: obs['{KEY}_oddness'] is missing")
        console.note(
            "k-means on principal components: adjusted Rand index "
            f"{about['agreement_with_kmeans']:.2f}"
        )
        if figure is not None:
            adata.obsm[MAP] = umap(adata.obsm[f"X_{KEY}"], seed=seed)
        what = f"in {about['n_clusters']} clusters: obs[{KEY!r}]"
        save(adata, output, what=what, key=KEY, source=source, rows="cells")
        if figure is not None:
            from graphkit.plots import save_figure

            placed = adata[adata.obs[KEY].notna()]
            tissue = tissue_of(placed, spatial_key=MAP, library_key=None)
            meaning = "share of the clusterings that agree"
            save_figure(domain_picture(placed, tissue, key=KEY, meaning=meaning), figure)

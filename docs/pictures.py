"""Draw the pictures of the README from data that ship or are simulated: ``pictures.py``."""

from pathlib import Path

from PIL import Image

import graphkit
from graphkit.datasets import CellsParams, TissueParams, shipped
from graphkit.omics import cells_adata, coordinates, log_normalise, tissue_adata
from graphkit.omics.maps import umap
from graphkit.plots import domain_figure, gene_figure, lay_out, save_figure, track_figure

COLORS = 128
HERE = Path(__file__).parent / "_static"


def track():
    model = graphkit.load("lncloc")
    one = next(iter(graphkit.explain(model, shipped("mouse_lincrnas.fasta"))))
    return track_figure(
        one.scores.values,
        one.codes,
        title=one.id,
        unit="log2 C/N per nt",
        favours=("Nucleus", "Cytoplasm"),
        windows=one.windows,
        max_zooms=1,
    )


def slide():
    adata = tissue_adata(graphkit.simulate_tissue(TissueParams(n_spots=1500), seed=0))
    graphkit.denoise(adata)
    best = adata.var["denoise_gain"].to_numpy().argsort()[-1:]
    return gene_figure(
        lay_out(coordinates(adata)),
        list(adata.var_names[best]),
        before=log_normalise(adata.X, target_sum=1e4)[:, best].toarray(),
        after=adata.layers["denoised"][:, best],
        unit="log(1 + counts per 10,000)",
    )


def cells():
    adata = cells_adata(graphkit.simulate_cells(CellsParams(n_cells=1500, n_types=8), seed=0))
    graphkit.cluster(adata, n_clusters=8)
    found = adata.obs["cluster"].cat
    sheet = lay_out(umap(adata.obsm["X_cluster"], seed=0))
    return domain_figure(sheet, found.codes, list(found.categories), title="cluster")


def main():
    for draw in (track, slide, cells):
        path = HERE / f"{draw.__name__}.png"
        save_figure(draw(), path)
        Image.open(path).quantize(COLORS).save(path, optimize=True)


if __name__ == "__main__":
    main()

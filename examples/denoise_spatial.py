"""Simulate a tissue, denoise it, divide it into domains, and draw both.

python examples/denoise_spatial.py [your_spots.h5ad]

Without an argument: a simulated tissue whose truth is known, and settings for a quick look. A
table of your own needs raw counts in X and coordinates in obsm["spatial"].
"""

import sys
from pathlib import Path

import numpy as np

from graphkit import denoise, find_domains
from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.methods.spot_denoiser import DenoiserParams
from graphkit.omics import coordinates, gene_symbols, log_normalise, read_spatial, tissue_adata
from graphkit.plots import domain_figure, gene_figure, lay_out, save_figure

QUICK = DenoiserParams(steps=40, members=1)


def main(path):
    if path is None:
        tissue = simulate_tissue(TissueParams(n_spots=200, n_layers=4), seed=0)
        adata = tissue_adata(tissue)
        denoise(adata, params=QUICK, expected_counts=True, key_added="counts", gain=False)
        for name, values in (
            ("measured", adata.X.toarray()),
            ("denoised", adata.layers["counts"]),
        ):
            error = np.abs(np.sqrt(values) - np.sqrt(tissue.expected)).mean()
            print(f"{name}: {error:.3f} from the true means (square roots of counts)")
        denoise(adata, params=QUICK)
    else:
        adata = read_spatial(path)
        denoise(adata)

    find_domains(adata, n_domains=4, members=1)
    print(adata.obs["domain"].value_counts().to_string(header=False))

    sheet = lay_out(coordinates(adata))
    best = adata.var.eval("denoise_gain / denoise_gain_se").fillna(0).to_numpy().argsort()[-2:]
    figure = gene_figure(
        sheet,
        gene_symbols(adata)[best],
        before=log_normalise(adata.X, target_sum=1e4)[:, best].toarray(),
        after=adata.layers["denoised"][:, best],
        unit="log(1 + counts per 10,000)",
    )
    save_figure(figure, Path("genes.png"))
    found = adata.obs["domain"].cat
    save_figure(domain_figure(sheet, found.codes, list(found.categories)), Path("domains.png"))
    print("drawn: genes.png, domains.png")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)

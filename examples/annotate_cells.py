"""Check the labels of a reference, then tell the types of other cells from it.

python examples/annotate_cells.py [reference.h5ad cells.h5ad column]

Without arguments: simulated cells, one label in ten of the reference wrong, and another batch to be
told. Tables of your own need raw counts in X.
"""

import sys

from graphkit import annotate, check_labels, simulate_cells
from graphkit.datasets import CellsParams
from graphkit.omics import cells_adata, read_spatial


def simulated():
    params = CellsParams(n_cells=600, n_types=5, n_batches=2, wrong_labels=0.1)
    adata = cells_adata(simulate_cells(params, seed=1))
    first = (adata.obs["batch"] == "batch1").to_numpy()
    return adata[first].copy(), adata[~first].copy(), "label"


def main(paths):
    if paths:
        reference, cells, label = (
            *(read_spatial(one, spatial_key=None) for one in paths[:2]),
            paths[2],
        )
    else:
        reference, cells, label = simulated()

    check_labels(reference, label=label)
    checked = reference.uns["suggested"]
    print(f"labels of the reference: {checked['wrong']:.1%} wrong, {checked['changed']} changed")

    annotate(reference, cells, label="suggested")
    told = cells.uns["predicted"]["held_out"]
    print(f"held-out cells of the reference: {told['accuracy']:.1%} told right,")
    print(f"{told['baseline']:.1%} by a linear support vector machine")
    print(cells.obs["predicted"].value_counts().to_string(header=False))
    if not paths:
        right = cells.obs["predicted"].astype(str) == cells.obs["cell_type"].astype(str)
        print(f"{right.mean():.1%} of the other batch right")


if __name__ == "__main__":
    main(sys.argv[1:])

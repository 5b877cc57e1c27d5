"""Tiny output of the machines, as their software writes it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import anndata
import h5py
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy import sparse
from scipy.io import mmwrite

from graphkit.datasets import TissueParams, simulate_tissue
from graphkit.omics import tissue_adata

BARCODES = ["AAAC-1", "CCCA-1", "GGGT-1", "TTTG-1"]
COUNTS = np.array([[1, 0, 2, 9], [0, 3, 0, 9], [4, 0, 0, 9], [0, 0, 5, 9]])
PLACES = pd.DataFrame(
    {
        "barcode": ["TTTG-1", "GGGT-1", "CCCA-1", "AAAC-1", "NNNN-1"],
        "in_tissue": [1, 1, 1, 1, 0],
        "array_row": [3, 2, 1, 0, 9],
        "array_col": [7, 6, 5, 4, 9],
        "pxl_row_in_fullres": [400, 300, 200, 100, 900],
        "pxl_col_in_fullres": [40, 30, 20, 10, 90],
    }
)


@pytest.fixture
def tissue() -> anndata.AnnData:
    return tissue_adata(simulate_tissue(TissueParams(n_spots=60)))


@pytest.fixture
def small() -> anndata.AnnData:
    """Four spots, three genes, counts."""
    return anndata.AnnData(
        sparse.csr_matrix(COUNTS[:, :3].astype(np.float32)),
        obs=pd.DataFrame(index=BARCODES),
        var=pd.DataFrame(index=["A", "B", "C"]),
        obsm={"spatial": np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]])},
    )


def write_matrix(path: Path, *, library: str | None = "lib1") -> None:
    """Genes A, B, A (two of one name) and a control probe."""
    matrix = sparse.csr_matrix(COUNTS)
    with h5py.File(path, "w") as file:
        group = file.create_group("matrix")
        group["barcodes"] = np.array(BARCODES, dtype="S")
        group["data"] = matrix.data.astype(np.int32)
        group["indices"] = matrix.indices.astype(np.int64)
        group["indptr"] = matrix.indptr.astype(np.int64)
        group["shape"] = np.array([4, 4], dtype=np.int32)
        features = group.create_group("features")
        features["id"] = np.array(["ENSG1", "ENSG2", "ENSG3", "NegControl"], dtype="S")
        features["name"] = np.array(["A", "B", "A", "NegControl"], dtype="S")
        features["feature_type"] = np.array(
            ["Gene Expression"] * 3 + ["Negative Control Probe"], dtype="S"
        )
        features["genome"] = np.array(["GRCh38"] * 4, dtype="S")
        file.attrs["chemistry_description"] = "Spatial 3' v1"
        file.attrs["software_version"] = "spaceranger-2.0.0"
        if library is not None:
            file.attrs["library_ids"] = np.array([library], dtype="S")


def write_positions(folder: Path, kind: str) -> Path:
    path = folder / kind
    if path.suffix == ".parquet":
        PLACES.to_parquet(path, index=False)
    else:
        PLACES.to_csv(path, index=False, header="list" not in kind)
    return path


@pytest.fixture
def outs(tmp_path: Path):
    """Write an ``outs`` folder of Space Ranger and return it."""

    def write(positions: str = "tissue_positions.csv", folder: str = "sample/outs") -> Path:
        target = tmp_path / folder
        spatial = target / "spatial"
        spatial.mkdir(parents=True)
        write_matrix(target / "filtered_feature_bc_matrix.h5")
        write_positions(spatial, positions)
        factors = {"tissue_hires_scalef": 0.1, "spot_diameter_fullres": 89.0}
        (spatial / "scalefactors_json.json").write_text(json.dumps(factors))
        for name, size in (("hires", 8), ("lowres", 4)):
            pixels = np.full((size, size + 1, 3), 51, dtype=np.uint8)
            Image.fromarray(pixels).save(spatial / f"tissue_{name}_image.png")
        return target

    return write


@pytest.fixture
def xenium(tmp_path: Path):
    """Write the folder of a Xenium run and return it."""

    def write(cells: str = "cells.parquet") -> Path:
        folder = tmp_path / "xenium"
        folder.mkdir()
        write_matrix(folder / "cell_feature_matrix.h5", library=None)
        table = pd.DataFrame(
            {
                "cell_id": BARCODES[::-1],
                "x_centroid": [4.5, 3.5, 2.5, 1.5],
                "y_centroid": [40.0, 30.0, 20.0, 10.0],
                "cell_area": [4.0, 3.0, 2.0, 1.0],
            }
        )
        if cells.endswith("parquet"):
            table.to_parquet(folder / cells, index=False)
        else:
            table.to_csv(folder / cells, index=False)
        return folder

    return write


@pytest.fixture
def as_mtx():
    """Turn an ``.h5`` matrix into a market matrix of one of its forms."""

    def turn(path: Path, folder: Path, form: str) -> None:
        folder.mkdir(exist_ok=True)
        ending = ".gz" if form == "v3" else ""
        with h5py.File(path) as file:
            matrix = file["matrix"]
            features = [matrix["features"][name].asstr()[:] for name in ("id", "name")]
            features.append(matrix["features/feature_type"].asstr()[:])
            barcodes = matrix["barcodes"].asstr()[:]
        genes = len(features) if form != "v2" else 2
        kept = slice(None) if form != "v2" else slice(3)  # version 2 has no types, and no controls
        tables = {
            "barcodes": pd.DataFrame(barcodes),
            "features" if form != "v2" else "genes": pd.DataFrame(features[:genes]).T[kept],
        }
        for name, table in tables.items():
            file = folder / f"{name}.tsv{ending}"
            table.to_csv(file, sep="\t", header=False, index=False)
        opened = gzip.open if ending else open
        with opened(folder / f"matrix.mtx{ending}", "wb") as file:
            mmwrite(file, sparse.coo_matrix(COUNTS.T[kept]))
        path.unlink()

    return turn

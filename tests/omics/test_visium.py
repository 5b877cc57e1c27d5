import shutil

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.omics.visium import is_visium, read_visium

POSITIONS = ["tissue_positions.csv", "tissue_positions_list.csv", "tissue_positions.parquet"]


@pytest.mark.parametrize("positions", POSITIONS)
def test_places_are_joined_by_barcode(outs, positions):
    adata = read_visium(outs(positions))
    # x is the column of the pixel, y its row; the table is in another order than the matrix.
    np.testing.assert_array_equal(
        adata.obsm["spatial"], [[10, 100], [20, 200], [30, 300], [40, 400]]
    )
    assert adata.obs["array_row"].tolist() == [0, 1, 2, 3]
    assert adata.obs["array_col"].tolist() == [4, 5, 6, 7]
    assert adata.obs["in_tissue"].tolist() == [1, 1, 1, 1]
    assert list(adata.obs.columns) == ["in_tissue", "array_row", "array_col"]


def test_images_and_scale_factors_are_where_squidpy_looks(outs):
    adata = read_visium(outs())
    assert list(adata.uns) == ["spatial"]
    library = adata.uns["spatial"]["lib1"]
    assert set(library) == {"images", "scalefactors", "metadata"}
    assert library["scalefactors"]["tissue_hires_scalef"] == 0.1
    assert library["metadata"]["software_version"] == "spaceranger-2.0.0"
    assert library["images"]["hires"].shape == (8, 9, 3)
    assert library["images"]["lowres"].dtype == np.float32
    np.testing.assert_allclose(library["images"]["hires"], 51 / 255)


@pytest.mark.filterwarnings("ignore:Use `squidpy:FutureWarning", "ignore:Variable names")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_scanpy_reads_the_same(outs):
    import scanpy

    folder = outs("tissue_positions_list.csv")
    theirs, ours = scanpy.read_visium(folder), read_visium(folder)
    np.testing.assert_array_equal(ours.obsm["spatial"], theirs.obsm["spatial"])
    one, other = ours.uns["spatial"]["lib1"], theirs.uns["spatial"]["lib1"]
    assert one["scalefactors"] == other["scalefactors"]
    assert one["metadata"].items() <= other["metadata"].items()
    for name in ("hires", "lowres"):
        np.testing.assert_array_equal(one["images"][name], other["images"][name])
    for column in ("in_tissue", "array_row", "array_col"):
        assert ours.obs[column].tolist() == theirs.obs[column].tolist()


def test_the_folder_names_a_library_that_has_no_name(outs):
    import h5py

    folder = outs()
    with h5py.File(folder / "filtered_feature_bc_matrix.h5", "r+") as file:
        del file.attrs["library_ids"]
    assert list(read_visium(folder).uns["spatial"]) == ["outs"]


def test_images_may_be_missing(outs):
    folder = outs()
    for path in (folder / "spatial").glob("*.png"):
        path.unlink()
    (folder / "spatial" / "scalefactors_json.json").unlink()
    library = read_visium(folder).uns["spatial"]["lib1"]
    assert library["images"] == library["scalefactors"] == {}


def test_visium_hd_takes_bins_of_8_um(outs, tmp_path):
    for size in ("002", "008", "016"):
        outs("tissue_positions.parquet", f"hd/binned_outputs/square_{size}um")
    target = tmp_path / "hd" / "binned_outputs"
    places = target / "square_008um" / "spatial" / "tissue_positions.parquet"
    import pandas as pd

    table = pd.read_parquet(places)
    table.assign(pxl_col_in_fullres=table["pxl_col_in_fullres"] + 0.5).to_parquet(places)
    assert is_visium(tmp_path / "hd")
    assert read_visium(tmp_path / "hd").obsm["spatial"][0].tolist() == [10.5, 100]
    shutil.rmtree(target / "square_008um")
    assert read_visium(tmp_path / "hd").obsm["spatial"][0].tolist() == [10, 100]
    assert read_visium(target / "square_016um").n_obs == 4
    shutil.rmtree(target)
    target.mkdir()
    with pytest.raises(InputError, match="no bin with"):
        read_visium(tmp_path / "hd")


def test_files_that_are_missing_or_damaged(outs):
    folder = outs()
    (folder / "spatial" / "tissue_hires_image.png").write_bytes(b"no image")
    with pytest.raises(InputError, match="no readable image"):
        read_visium(folder)
    (folder / "spatial" / "tissue_hires_image.png").unlink()
    (folder / "spatial" / "scalefactors_json.json").write_text("{")
    with pytest.raises(InputError, match="no readable JSON"):
        read_visium(folder)
    (folder / "spatial" / "tissue_positions.csv").unlink()
    with pytest.raises(InputError, match="no spot positions"):
        read_visium(folder)
    (folder / "filtered_feature_bc_matrix.h5").unlink()
    assert is_visium(folder)
    with pytest.raises(InputError, match=r"no filtered_feature_bc_matrix\.h5"):
        read_visium(folder)


def test_positions_of_another_run(outs):
    path = outs() / "spatial" / "tissue_positions.csv"
    path.write_text(path.read_text().replace("-1", "-2"))
    with pytest.raises(InputError, match="4 of 4 barcodes of the matrix have no position"):
        read_visium(path.parents[1])

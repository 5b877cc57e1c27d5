import json
import shutil

import h5py
import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.omics import raw_counts, read_spatial
from graphkit.omics.visium import is_visium, read_visium

MTX_FORMS = ["v3", "unpacked", "v2"]
POSITIONS = ["tissue_positions.csv", "tissue_positions_list.csv", "tissue_positions.parquet"]


pytestmark = pytest.mark.filterwarnings("ignore:.*gene names occurred")


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
    hd = tmp_path / "hd"
    assert is_visium(hd)
    with pytest.warns(UserWarning, match="bins of 8 um are read; there are also bins of 2 um"):
        assert read_visium(hd).obsm["spatial"][0].tolist() == [10.5, 100]
    assert read_visium(hd, bin_size=16).obsm["spatial"][0].tolist() == [10, 100]
    with pytest.raises(InputError, match=r"no bins of 4 um.*There are: 2, 8, 16"):
        read_visium(hd, bin_size=4)
    shutil.rmtree(target / "square_008um")
    with pytest.warns(UserWarning, match="bins of 16 um are read"):
        read_visium(hd)
    assert read_visium(target / "square_016um").n_obs == 4
    shutil.rmtree(target / "square_016um")
    with pytest.raises(InputError, match=r"bins of 2 um only.*say bin_size=2"):
        read_visium(hd)
    assert read_visium(hd, bin_size=2).n_obs == 4
    shutil.rmtree(target)
    target.mkdir()
    with pytest.raises(InputError, match="no filtered_feature_bc_matrix"):
        read_visium(hd)


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


@pytest.mark.parametrize("part", ["", "binned_outputs", "bins"])
def test_bins_lie_in_a_folder_of_any_name(outs, tmp_path, part):
    folder = f"hd/{part or 'binned_outputs'}"
    outs("tissue_positions.parquet", f"{folder}/square_016um")
    adata = read_spatial(tmp_path / "hd" / part if part else tmp_path / "hd", library_key=None)
    assert adata.n_obs == 4


def with_prefix(folder, prefix):
    for path in list(folder.iterdir()):
        path.rename(path.with_name(prefix + path.name))


@pytest.mark.parametrize("flat", [False, True], ids=["spatial kept", "all in one folder"])
@pytest.mark.parametrize("matrix", [None, *MTX_FORMS])
def test_downloads_have_a_prefix_before_each_file(outs, as_mtx, matrix, flat):
    folder = outs("tissue_positions_list.csv")
    if matrix is not None:
        as_mtx(folder / "filtered_feature_bc_matrix.h5", folder, matrix)
    if flat:
        for path in (folder / "spatial").iterdir():
            path.rename(folder / path.name)
        (folder / "spatial").rmdir()
    with_prefix(folder, "V1_Brain_")
    adata = read_spatial(folder)
    np.testing.assert_array_equal(adata.obsm["spatial"][:, 0], [10, 20, 30, 40])
    assert raw_counts(adata).toarray()[:, 0].tolist() == [1, 0, 4, 0]
    assert adata.shape == (4, 3)
    (library,) = adata.uns["spatial"].values()
    assert library["images"]["hires"].shape == (8, 9, 3)
    assert library["scalefactors"]["spot_diameter_fullres"] == 89


def test_of_several_samples_in_one_folder_one_has_to_be_given(outs):
    folder = outs()
    for name in ("a_filtered_feature_bc_matrix.h5", "b_filtered_feature_bc_matrix.h5"):
        shutil.copy(folder / "filtered_feature_bc_matrix.h5", folder / name)
    for name in ("a_tissue_positions.csv", "b_tissue_positions.csv"):
        shutil.copy(folder / "spatial" / "tissue_positions.csv", folder / name)
    shutil.rmtree(folder / "spatial")
    (folder / "filtered_feature_bc_matrix.h5").unlink()
    with pytest.raises(InputError, match="has 2 files for one") as caught:
        read_spatial(folder)
    given = caught.value.remedy.removeprefix("Give one of them in place of the folder: ")
    assert read_spatial(given.removesuffix(".")).n_obs == 4


def test_a_market_matrix_alone(outs, as_mtx):
    folder = outs()
    matrix = folder / "filtered_feature_bc_matrix"
    as_mtx(folder / "filtered_feature_bc_matrix.h5", matrix, "v3")
    for path in (folder, matrix, matrix / "matrix.mtx.gz"):
        assert read_spatial(path).shape == (4, 3)
    (matrix / "barcodes.tsv.gz").unlink()
    with pytest.raises(InputError, match=r"no barcodes\.tsv beside matrix\.mtx\.gz"):
        read_spatial(folder)


def test_the_raw_matrix_is_cut_to_the_tissue(outs):
    folder = outs()
    (folder / "filtered_feature_bc_matrix.h5").rename(folder / "raw_feature_bc_matrix.h5")
    places = folder / "spatial" / "tissue_positions.csv"
    places.write_text(places.read_text().replace("GGGT-1,1", "GGGT-1,0"))
    with pytest.warns(UserWarning, match="the 3 spots on the tissue are read"):
        adata = read_spatial(folder)
    assert list(adata.obs_names) == ["AAAC-1", "CCCA-1", "TTTG-1"]


def test_places_that_lie_elsewhere_are_named(outs, tmp_path):
    folder = outs()
    (folder / "spatial").rename(tmp_path / "places")
    matrix = folder / "filtered_feature_bc_matrix.h5"
    with pytest.raises(InputError, match=r"no spot positions.*Name the table.* with positions"):
        read_spatial(matrix)
    assert read_spatial(matrix, spatial_key=None).n_obs == 4
    for given in (tmp_path / "places", tmp_path / "places" / "tissue_positions.csv"):
        assert read_spatial(matrix, positions=given).n_obs == 4
    with pytest.raises(InputError, match="no such file"):
        read_spatial(matrix, positions=tmp_path / "nowhere.csv")
    (folder / "V1_spatial.tar.gz").touch()
    with pytest.raises(InputError, match=r"tar -xzf V1_spatial\.tar\.gz"):
        read_spatial(folder)


def test_cells_that_space_ranger_segmented(outs, tmp_path):
    folder = outs(folder="hd/segmented_outputs")
    matrix = folder / "filtered_feature_cell_matrix.h5"
    (folder / "filtered_feature_bc_matrix.h5").rename(matrix)
    (folder / "spatial" / "tissue_positions.csv").unlink()
    with h5py.File(matrix, "r+") as file:
        del file["matrix/barcodes"]
        file["matrix/barcodes"] = np.array([f"cellid_{i:09d}-1" for i in (1, 2, 3, 4)], dtype="S")
    cells = [
        {
            "type": "Feature",
            "properties": {"cell_id": i},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[i, 0], [i + 2, 0], [i + 2, 4], [i, 4], [i, 0]]],
            },
        }
        for i in (4, 3, 2, 1)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": cells})
    (folder / "cell_segmentations.geojson").write_text(text)
    for path in (folder, tmp_path / "hd"):
        adata = read_spatial(path)
        np.testing.assert_allclose(adata.obsm["spatial"], [[2, 2], [3, 2], [4, 2], [5, 2]])
        (library,) = adata.uns["spatial"].values()
        assert set(library["images"]) == {"hires", "lowres"}

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.omics import raw_counts, read_spatial, write_adata


@pytest.mark.filterwarnings("ignore:Writing zarr v2")
def test_h5ad_and_zarr_are_known_by_content(small, tmp_path):
    write_adata(small, tmp_path / "x.data")
    small.write_zarr(tmp_path / "folder")
    for path in (tmp_path / "x.data", tmp_path / "folder", str(tmp_path / "folder")):
        adata = read_spatial(path)
        assert (raw_counts(adata) != small.X).nnz == 0
        np.testing.assert_array_equal(adata.obsm["spatial"], small.obsm["spatial"])


@pytest.mark.parametrize("part", ["", "sample", "sample/outs"])
def test_space_ranger_from_any_folder_and_from_the_matrix(outs, tmp_path, part):
    folder = outs()
    with pytest.warns(UserWarning, match=r"1 gene names occurred before.*such as A"):
        adata = read_spatial(folder if not part else tmp_path / part)
    assert list(adata.var_names) == ["A", "B", "A-1"]
    with pytest.warns(UserWarning, match="gene names"):
        again = read_spatial(folder / "filtered_feature_bc_matrix.h5")
    assert again.shape == adata.shape == (4, 3)


@pytest.mark.filterwarnings("ignore:.*gene names occurred")
def test_xenium(xenium):
    folder = xenium()
    assert read_spatial(folder).shape == (4, 3)
    assert read_spatial(folder / "cell_feature_matrix.h5").shape == (4, 3)


def test_spatialdata(tmp_path, monkeypatch, small):
    monkeypatch.setattr("graphkit.omics.readers.read_spatialdata", lambda folder, **_: small)
    for name in ("tables", "images"):
        (tmp_path / name).mkdir()
    (tmp_path / "zarr.json").write_text("{}")
    assert read_spatial(tmp_path) is small


def test_duplicate_names_are_numbered_and_warned_of(small, tmp_path):
    small.obs_names = ["a", "b", "a", "a"]
    small.write_h5ad(tmp_path / "x.h5ad")
    with pytest.warns(UserWarning, match=r"2 spot names occurred before and were numbered"):
        adata = read_spatial(tmp_path / "x.h5ad")
    assert adata.obs_names.is_unique


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "is empty"), (b"gene,spot\n", "is no HDF5 file"), (b"\x89HDF\r\n\x1a\n", "no readable")],
)
def test_files_of_another_kind_are_refused(tmp_path, content, reason):
    path = tmp_path / "x.h5ad"
    path.write_bytes(content)
    with pytest.raises(InputError, match=reason) as caught:
        read_spatial(path)
    assert caught.value.file == str(path)


def test_folders_of_another_kind(tmp_path):
    with pytest.raises(InputError, match=r"no format known here \(it has nothing\).*Space Ranger"):
        read_spatial(tmp_path)
    with pytest.raises(InputError, match=r"no such file or folder\. Check the path"):
        read_spatial(tmp_path / "no.h5ad")


def test_slots_are_checked_and_the_file_named(small, tmp_path):
    path = tmp_path / "x.h5ad"
    small.layers["umi"] = small.X
    write_adata(small, path)
    assert read_spatial(path, layer="umi").n_obs == 4
    for keywords, slot in (
        ({"layer": "counts"}, "layers['counts']"),
        ({"spatial_key": "X_umap"}, "obsm['X_umap']"),
        ({"library_key": "slide"}, "obs['slide']"),
    ):
        with pytest.raises(InputError) as caught:
            read_spatial(path, **keywords)
        assert caught.value.slot == slot
        assert caught.value.file == str(path)
        assert caught.value.remedy
    assert read_spatial(path, spatial_key=None).n_obs == 4


def test_no_genes_and_no_spots_are_refused(small, tmp_path):
    for name, part in (("genes", small[:, :0]), ("spots", small[:0])):
        part.copy().write_h5ad(tmp_path / name)
        with pytest.raises(InputError, match=f"no {name}"):
            read_spatial(tmp_path / name)


def test_real_slides(shared):
    adata = read_spatial(shared / "data" / "spatial" / "dlpfc_151510_500genes.h5ad")
    assert raw_counts(adata).shape == (4634, 500)
    assert adata.obsm["spatial"].shape == (4634, 2)
    scores = read_spatial(
        shared / "data" / "spatial" / "dlpfc_4slices_pca50.h5ad", library_key="slice"
    )
    with pytest.raises(InputError, match="no raw counts"):
        raw_counts(scores)

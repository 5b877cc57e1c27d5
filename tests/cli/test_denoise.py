"""What surrounds the method: options, files, figures. The method itself has tests of its own."""

from functools import partial

import numpy as np
import pytest
import scanpy as sc

from graphkit.cli.terminal.spots import split_names
from graphkit.methods.spot_denoiser import DenoiserParams
from graphkit.omics import read_spatial

OPTIONS = ("--library-key", "slide", "--device", "cpu")

SYMBOLS = ["MBP", "PLP1", "SNAP25", "MOBP"]
ENSEMBL = [f"ENSG0000000000{i}" for i in range(4)]


@pytest.fixture
def denoise(run, spatial_fakes, tissue_file, tmp_path):
    """Run ``graphkit denoise`` on the small tissue, changed by a function of it."""

    def denoise(*options, change=lambda _: None):
        return run("denoise", tissue_file(change), "-o", tmp_path / "out.h5ad", *OPTIONS, *options)

    return denoise


def with_symbols(adata):
    adata.var["gene_name"] = [f"Gene{i}" for i in range(adata.n_vars)]
    adata.var_names = [f"ENSG{i:011d}" for i in range(adata.n_vars)]


def test_the_result_is_the_input_with_a_layer(denoise, tmp_path, small_tissue):
    result = denoise()
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert "denoised: layers['denoised'], in" in result.stderr
    assert "Better than their mean: 4 genes; not shown: 246; worse: 0" in result.stderr
    assert "Most is told of " in result.stderr
    adata = read_spatial(tmp_path / "out.h5ad", library_key="slide")
    np.testing.assert_array_equal(adata.X.toarray(), small_tissue.X.toarray())
    np.testing.assert_array_equal(adata.layers["denoised"], small_tissue.X.toarray() + 0.5)


def test_every_option_reaches_the_method(denoise, spatial_fakes):
    def move(adata):
        adata.layers["counts"] = adata.X.copy()
        adata.obsm["xy"] = adata.obsm["spatial"]

    denoise("--layer", "counts", "--spatial-key", "xy", "--seed", 5, change=move)
    asked = spatial_fakes.calls["denoise"]
    assert (asked["layer"], asked["spatial_key"], asked["library_key"]) == ("counts", "xy", "slide")
    assert (asked["random_state"], asked["device"]) == (5, "cpu")


def test_genes_by_symbol_where_the_table_is_keyed_by_ensembl(denoise, tmp_path):
    figure = tmp_path / "genes.svg"
    names = "Gene3,ENSG00000000007"
    result = denoise("--figure", figure, "--genes", names, change=with_symbols)
    assert result.exit_code == 0, result.stderr
    text = figure.read_text()
    assert ">Gene3   gain +0.00 ± 0.50 nats per molecule<" in text
    assert ">Gene7   gain +0.00 ± 0.50 nats per molecule<" in text


def test_without_names_the_genes_that_gain_most_are_drawn(denoise, tmp_path):
    figure = tmp_path / "genes.svg"
    assert denoise("--figure", figure, change=with_symbols).exit_code == 0
    text = figure.read_text()
    for i in range(246, 250):
        assert f">Gene{i}   gain +9.50 ± 0.50 nats per molecule<" in text
    assert ">Gene245 " not in text


def test_an_unknown_gene_is_told_before_the_work(denoise, tmp_path, spatial_fakes):
    result = denoise("--figure", tmp_path / "x.png", "--genes", "gene12", change=with_symbols)
    assert result.exit_code == 2
    assert "--genes: no such genes: gene12. Close to it: Gene12" in result.stderr
    assert spatial_fakes.calls == {}
    assert {path.name for path in tmp_path.iterdir()} == {"in.h5ad"}


def test_only_genes_that_are_named_or_gain_most_are_written(denoise, tmp_path, small_tissue):
    names = [small_tissue.var_names[9], small_tissue.var_names[4]]
    assert denoise("--genes", ",".join(names)).exit_code == 0
    assert sorted(read_spatial(tmp_path / "out.h5ad", library_key="slide").var_names) == sorted(
        names
    )
    assert denoise("--n-genes", 4).exit_code == 0
    written = read_spatial(tmp_path / "out.h5ad", library_key="slide")
    assert list(written.var_names) == list(small_tissue.var_names[246:])
    result = denoise("--n-genes", 4, "--genes", names[0])
    assert result.exit_code == 2
    assert "--n-genes: does not go with --genes" in result.stderr


def test_a_zarr_folder_by_the_ending(run, tissue_file, tmp_path, spatial_fakes):
    output = tmp_path / "out.zarr"
    for _ in range(2):
        assert run("denoise", tissue_file(), "-o", output, *OPTIONS).exit_code == 0
        assert "denoised" in read_spatial(output, library_key="slide").layers
    assert spatial_fakes.calls
    (tmp_path / "other.zarr").mkdir()
    (tmp_path / "other.zarr" / "note").touch()
    result = run("denoise", tissue_file(), "-o", tmp_path / "other.zarr", *OPTIONS)
    assert result.exit_code == 2
    assert "holds other things" in result.stderr


def test_the_method_itself(run, tissue_file, tmp_path, monkeypatch):
    quick = partial(DenoiserParams, steps=3, min_epochs=1, members=1)
    monkeypatch.setattr("graphkit.tasks.denoise.denoiser.DenoiserParams", quick)
    figure, output = tmp_path / "genes.png", tmp_path / "out.h5ad"
    result = run("denoise", tissue_file(), "-o", output, "--evaluate", "--figure", figure, *OPTIONS)
    assert result.exit_code == 0, result.stderr
    adata = read_spatial(output, library_key="slide")
    assert adata.layers["denoised"].shape == adata.shape
    assert adata.var["denoise_gain"].notna().any()
    assert figure.stat().st_size > 10_000
    rows = [line.split("  ")[0] for line in result.stdout.splitlines()]
    for name in ("model", "PCA + neighbours", "neighbour mean", "gene mean"):
        assert name in rows


def test_the_picture_shows_the_layer_as_scanpy_draws_it(run, tissue_file, tmp_path, monkeypatch):
    drawn = []
    quick = partial(DenoiserParams, steps=3, min_epochs=1, members=1)
    monkeypatch.setattr("graphkit.tasks.denoise.denoiser.DenoiserParams", quick)
    monkeypatch.setattr("graphkit.plots.gene_figure", lambda *_, **k: drawn.append(k))
    monkeypatch.setattr("graphkit.plots.save_figure", lambda *_: None)
    genes = ("--figure", tmp_path / "genes.png", "--genes", "layer1_001,layer2_020", *OPTIONS)
    for options in (("--expected-counts",), ()):
        result = run("denoise", tissue_file(), "-o", tmp_path / "out.h5ad", *genes, *options)
        assert result.exit_code == 0, result.stderr
    written, measured = (sc.read_h5ad(tmp_path / f"{name}.h5ad") for name in ("out", "in"))
    written.X = written.layers["denoised"]
    sc.pp.normalize_total(measured, target_sum=1e4)
    sc.pp.log1p(measured)
    for matrix, part in ((written, "after"), (measured, "before")):
        values = sc.get.obs_df(matrix, ["layer1_001", "layer2_020"]).to_numpy()
        for one in drawn:
            np.testing.assert_allclose(one[part], values, rtol=1e-3, atol=1e-4)


def test_an_isolated_spot_among_few_is_denoised(run, tissue_file, tmp_path, monkeypatch):
    quick = partial(DenoiserParams, steps=2, min_epochs=1, members=1)
    monkeypatch.setattr("graphkit.tasks.denoise.denoiser.DenoiserParams", quick)

    def few(adata):
        adata = adata[adata.obs["slide"] == "slide1"][:8].copy()
        adata.obsm["spatial"][0] = 1e6
        return adata

    output = tmp_path / "out.h5ad"
    result = run("denoise", tissue_file(few), "-o", output, "--device", "cpu")
    assert result.exit_code == 0, result.stderr
    assert np.isfinite(read_spatial(output).layers["denoised"]).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: -x, "negative value"),
        (np.log1p, "is no whole number, so no raw counts (normalised already?)"),
        (lambda x: x * np.nan, "missing or infinite value"),
    ],
    ids=["negative", "log", "nan"],
)
def test_values_that_are_no_counts_name_the_layer_of_counts(
    run, tissue_file, tmp_path, change, message
):
    def spoil(adata):
        adata.layers["raw"] = adata.X.copy()
        adata.X = change(adata.X.toarray())

    result = run("denoise", tissue_file(spoil), "-o", tmp_path / "out.h5ad", *OPTIONS)
    assert result.exit_code == 2
    assert "in.h5ad, X: " in result.stderr
    assert message in result.stderr
    assert "Raw counts are in layers['raw']: give --layer raw." in result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"in.h5ad"}


@pytest.mark.parametrize(
    ("text", "names"), [("", []), (",", []), ("a", ["a"]), (" a , b c ", ["a", "b c"])]
)
def test_lists_with_commas(text, names):
    assert split_names(text) == names


def test_counts_that_stay_on_the_disk_give_the_same_file(denoise, tmp_path):
    told, found = [], []
    for how in ("--on-disk", "--in-memory"):
        told.append(denoise(how).stderr)
        found.append(read_spatial(tmp_path / "out.h5ad", library_key="slide"))
    assert "Counts stay on the disk, in " in told[0]
    assert "Counts stay" not in told[1]
    np.testing.assert_array_equal(found[0].X.toarray(), found[1].X.toarray())
    np.testing.assert_array_equal(found[0].layers["denoised"], found[1].layers["denoised"])


@pytest.mark.usefixtures("quick")
def test_a_run_from_the_disk_that_was_stopped_goes_on(run, tissue_file, tmp_path, monkeypatch):
    output, kept = tmp_path / "out.h5ad", tmp_path / "out.h5ad.ckpts"
    command = ("denoise", tissue_file(), "-o", output, *OPTIONS, "--on-disk")
    assert run(*command).exit_code == 0
    expected = read_spatial(output, library_key="slide").layers["denoised"]
    output.unlink()

    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("graphkit.cli.denoise.save", stop)
        stopped = run(*command)
    assert stopped.exit_code == 130
    assert f"What is done is in {kept}: the same command goes on from there." in stopped.stderr
    assert not output.exists()
    # All is learnt: to train again is an error.
    monkeypatch.setattr("graphkit.training.trainer._run", stop)
    assert run(*command).exit_code == 0
    found = read_spatial(output, library_key="slide").layers["denoised"]
    np.testing.assert_array_equal(found, expected)
    assert not kept.exists()

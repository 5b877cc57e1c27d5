"""``graphkit view`` says what it will take and where the page is."""

import anndata
import numpy as np

from graphkit.omics import read_spatial, write_adata


def test_a_page_of_a_table_with_domains(run, spatial_fakes, tissue_file, tmp_path):
    done = run(
        *("domains", tissue_file(), "-o", tmp_path / "out.h5ad", "--n-domains", 2),
        *("--library-key", "slide", "--device", "cpu"),
    )
    assert done.exit_code == 0, done.stderr
    result = run("view", tmp_path / "out.h5ad", "-o", tmp_path / "p.html", "--library-key", "slide")
    assert result.exit_code == 0, result.stderr
    assert result.stderr.splitlines()[0].startswith("About ")
    assert f"The page: {tmp_path / 'p.html'}" in result.stderr
    assert "from <bdi>out.h5ad</bdi>" in (tmp_path / "p.html").read_text("utf-8")


def test_another_ending_and_no_result(run, tissue_file, tmp_path):
    source = tissue_file()
    refused = run("view", source, "-o", tmp_path / "page.txt")
    assert refused.exit_code == 2
    assert "Call it page.html" in refused.stderr
    write_adata(read_spatial(source, library_key="slide")[:60].copy(), tmp_path / "one.h5ad")
    refused = run("view", tmp_path / "one.h5ad", "-o", tmp_path / "page.html")
    assert refused.exit_code == 2
    assert "graphkit denoise, domains, modules, cluster or annotate" in refused.stderr
    assert not (tmp_path / "page.html").exists()


def test_a_page_of_clusters_of_cells_without_places(run, tmp_path):
    rng = np.random.default_rng(0)
    rates = np.repeat([[9.0] * 8 + [1.0] * 8, [1.0] * 8 + [9.0] * 8], 25, axis=0)
    source, made, page = (tmp_path / name for name in ("cells.h5ad", "made.h5ad", "page.html"))
    anndata.AnnData(rng.poisson(rates).astype(np.float32)).write_h5ad(source)
    options = ("--n-clusters", 2, "--members", 1, "--device", "cpu")
    assert run("cluster", source, "-o", made, *options).exit_code == 0
    result = run("view", made, "-o", page)
    assert result.exit_code == 0, result.stderr
    assert "Clusters of cells" in page.read_text("utf-8")

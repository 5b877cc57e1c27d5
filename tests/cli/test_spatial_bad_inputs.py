"""Bad tables as the command line meets them."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anndata import AnnData

from graphkit.omics import read_spatial

VERBS = (
    ["denoise"],
    ["domains", "--n-domains", "3"],
    ["modules"],
    ["rank-genes", "--groupby", "layer"],
)
FAKE = [sys.executable, str(Path(__file__).with_name("spatial_fakes.py"))]
SECONDS = 120


def drop_coordinates(adata):
    del adata.obsm["spatial"]


def missing_coordinates(adata):
    adata.obsm["spatial"][5] = np.nan


def infinite_coordinates(adata):
    adata.obsm["spatial"][7, 1] = np.inf


def one_place(adata):
    adata.obsm["spatial"][:] = 3.0


def three_dimensions(adata):
    adata.obsm["spatial"] = np.random.default_rng(0).normal(size=(adata.n_obs, 3))


def no_genes(adata):
    return adata[:, :0].copy()


def no_spots(adata):
    return adata[:0].copy()


UNUSABLE = [
    (drop_coordinates, "obsm['spatial']: missing. Put spot coordinates there"),
    (missing_coordinates, "obsm['spatial']: 1 spots have missing or infinite coordinates"),
    (infinite_coordinates, "obsm['spatial']: 1 spots have missing or infinite coordinates"),
    (one_place, "obsm['spatial']: all spots have the same coordinates"),
    (three_dimensions, "obsm['spatial']: three coordinates that all vary. Give x and y only"),
    (no_genes, "no genes. Give a table with genes."),
    (no_spots, "no spots. Give a table with spots."),
]


@pytest.fixture
def attempt(run, spatial_fakes, tmp_path):
    """Run a verb on a file and return its exit status and what it said."""

    def attempt(source, *verb):
        output = tmp_path / ("out.tsv" if verb[0] == "rank-genes" else "out.h5ad")
        result = run(*verb[:1], source, "-o", output, *verb[1:])
        assert "Traceback" not in result.stderr
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.stderr

    return attempt


def test_genes_of_groups_are_ranked_without_places_too(attempt, tissue_file):
    status, stderr = attempt(tissue_file(drop_coordinates), "rank-genes", "--groupby", "layer")
    assert status == 0
    assert "No coordinates: rows are taken for cells" in stderr


@pytest.mark.parametrize(
    ("change", "message", "verb"),
    [
        pytest.param(change, message, verb, id=f"{change.__name__}-{verb[0]}")
        for change, message in UNUSABLE
        for verb in VERBS
        if (change, verb[0]) != (drop_coordinates, "rank-genes")
    ],
)
def test_tables_that_no_method_can_use_are_refused(
    attempt, tissue_file, tmp_path, change, message, verb
):
    def first_slide(adata):
        adata = adata[adata.obs["slide"] == "slide1"].copy()
        changed = change(adata)
        return adata if changed is None else changed

    status, stderr = attempt(tissue_file(first_slide), *verb)
    assert status == 2
    assert "in.h5ad" in stderr
    assert message in stderr
    assert stderr.count("Error:") == 1
    assert {path.name for path in tmp_path.iterdir()} == {"in.h5ad"}


def test_files_that_hold_no_table_are_refused(attempt, tmp_path, tissue_file):
    whole = tissue_file().read_bytes()
    cases = {
        "none.h5ad": None,
        "empty.h5ad": b"",
        "cut.h5ad": whole[: len(whole) // 2],
        "text.h5ad": b"spot\tgene\n",
    }
    for name, content in cases.items():
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        status, stderr = attempt(path, "denoise")
        assert status == 2, name
        assert name in stderr
        assert stderr.count("\n") == 1
    assert not (tmp_path / "out.h5ad").exists()


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb[0])
def test_duplicate_names_and_spots_are_warned_of(attempt, tissue_file, tmp_path, verb):
    def duplicate(adata):
        adata.var_names = [*adata.var_names[:-1], adata.var_names[0]]
        adata.obs = adata.obs[["layer"]]
        adata.obs_names = [f"spot{i}" for i in range(adata.n_obs)]

    status, stderr = attempt(tissue_file(duplicate), *verb)
    assert status == 0
    assert "Warning: " in stderr
    assert "1 gene names occurred before" in stderr
    assert "120 spots share their coordinates" in stderr
    assert stderr.count("share their coordinates") == 1
    assert "(several slides? name them with --library-key)" in stderr
    written = {path.name for path in tmp_path.glob("out.*")}
    assert written in ({"out.h5ad"}, {"out.tsv", "out.tsv.json"})


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb[0])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--layer", "counts"], "layers['counts']: no such layer. There are: (none)."),
        (["--library-key", "sample"], "obs['sample']: no such column. There are: layer, slide"),
        (["--spatial-key", "xy"], "obsm['xy']: missing. Name the coordinates with --spatial-key"),
    ],
)
def test_slots_that_are_not_there(attempt, tissue_file, tmp_path, verb, options, message):
    status, stderr = attempt(tissue_file(), *verb, *options)
    assert status == 2
    assert message in stderr
    assert {path.name for path in tmp_path.iterdir()} == {"in.h5ad"}


@pytest.mark.parametrize("verb", VERBS[:3], ids=lambda verb: verb[0])
def test_results_that_have_no_place_are_told_before_the_work(
    run, spatial_fakes, tissue_file, tmp_path, verb
):
    source = tissue_file()
    folder = tmp_path / "folder.h5ad"
    folder.mkdir()
    for output, options, message in (
        (folder, [], "is a folder"),
        (tmp_path / "none" / "out.h5ad", [], "is no folder"),
        (tmp_path / "out.tsv", [], "does not end in .h5ad"),
        (source, [], "would overwrite the input"),
        (tmp_path / "out.h5ad", ["--figure", tmp_path / "x.jpg"], "does not end in .png"),
        (tmp_path / "out.h5ad", ["--figure", tmp_path / "none" / "x.png"], "is no folder"),
    ):
        result = run(*verb, source, "-o", output, *options)
        assert result.exit_code == 2
        assert message in result.stderr
    assert spatial_fakes.calls == {}
    assert {path.name for path in tmp_path.iterdir()} == {"in.h5ad", "folder.h5ad"}


def test_a_full_disk_leaves_nothing(attempt, tissue_file, monkeypatch, tmp_path):
    def full(self, filename, **keywords):
        Path(filename).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    source = tissue_file()
    monkeypatch.setattr(AnnData, "write_h5ad", full)
    status, stderr = attempt(source, "denoise", "--library-key", "slide")
    assert status == 2
    assert "out.h5ad: cannot be written (No space left on device)" in stderr
    assert {path.name for path in tmp_path.iterdir()} == {"in.h5ad"}


@pytest.mark.parametrize(
    ("moment", "number", "status"),
    [
        ("denoise is running", signal.SIGTERM, 143),
        ("half written", signal.SIGTERM, 143),
        ("half written", signal.SIGINT, 130),
    ],
)
def test_a_signal_leaves_the_older_result(tissue_file, tmp_path, moment, number, status):
    source, output = tissue_file(), tmp_path / "out.h5ad"
    output.write_text("an older result")
    wait = "0" if moment == "half written" else "60"
    arguments = [source, "-o", output, "--library-key", "slide", "--device", "cpu"]
    with subprocess.Popen(
        [*FAKE, wait, "60", "denoise", *map(str, arguments)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        # A test run in the background ignores SIGINT, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as process:
        # A kill ends the reading where the moment does not come.
        watchdog = threading.Timer(SECONDS, process.kill)
        watchdog.start()
        assert any(moment in line for line in process.stderr)
        process.send_signal(number)
        assert process.wait() == status
        watchdog.cancel()
        assert "Traceback" not in process.stderr.read()
    assert output.read_text() == "an older result"
    assert {path.name for path in tmp_path.iterdir()} == {"in.h5ad", "out.h5ad"}


def test_places_and_bins_are_named_by_options(run, tissue_file, tmp_path):
    source = tissue_file(lambda adata: adata[adata.obs["slide"] == "slide1"].copy())
    tissue = read_spatial(source)
    counts, places = tmp_path / "counts.csv", tmp_path / "places.csv"
    tissue.to_df().astype(int).to_csv(counts)
    points = pd.DataFrame(tissue.obsm["spatial"], tissue.obs_names, columns=["x", "y"])
    points.assign(layer=tissue.obs["layer"]).to_csv(places)
    command = ["rank-genes", counts, "--groupby", "layer", "--top", 2]
    result = run(*command)
    assert result.exit_code == 2
    assert "name a table that has it, a row per spot, with --positions." in result.stderr
    again = run(*command, "--positions", places)
    assert again.exit_code == 0, again.stderr
    assert again.stdout == run("rank-genes", source, *command[2:]).stdout

"""Commands on a Ray cluster write what they write in one process."""

import gzip
import os
import signal
import subprocess
import sys
import time

import anndata
import numpy as np
import pytest

pytestmark = pytest.mark.slow

RAY = ("--engine", "ray")


@pytest.fixture(scope="module")
def cluster():
    import ray

    ray.init("local", num_cpus=4, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Records in seven files, plain and packed: repeated, unnamed, unreadable ones among them."""
    folder, generator = tmp_path_factory.mktemp("shards"), np.random.default_rng(0)
    files = []
    for number in range(7):
        packed = number % 2
        path = folder / f"{number}.fa{'.gz' * packed}"
        with gzip.open(path, "wt") if packed else path.open("w") as file:
            for _ in range(2858):
                transcript, gene, length = generator.integers(1, (15_000, 4_000, 300))
                letters = "".join(generator.choice([*"ACGUACGUACGUN"], 300))
                file.write(f">t{transcript} gene:G{gene}\n{letters[:length]}\n")
            file.write(f">\n{letters}\n")
        files.append(path)
    return files


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("more", [(), ("--by-gene", "--report", "page.html")])
def test_tables_are_equal_byte_for_byte(
    cluster, run, sources, tiny, tmp_path, monkeypatch, workers, more
):
    written = {}
    for name, engine in {"one": (), "ray": (*RAY, "--workers", workers)}.items():
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.chdir(folder)
        result = run("localize", *sources, "-o", "t.tsv", "--model", tiny, *more, *engine)
        assert result.exit_code == 0, result.stderr
        written[name] = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert written["one"] == written["ray"]
    assert len(written["one"]) == 2 + bool(more)
    rows = written["one"]["t.tsv"].count(b"\n") - 1
    assert rows > 2_000 if more else rows == 7 * 2_859


def test_embeddings_are_equal(cluster, run, sources, tiny, tmp_path):
    for name, engine in {"one": (), "ray": RAY}.items():
        out = tmp_path / f"{name}.h5ad"
        result = run("embed", *sources[:2], "-o", out, "--model", tiny, *engine)
        assert result.exit_code == 0, result.stderr
    one, many = (anndata.read_h5ad(tmp_path / f"{name}.h5ad") for name in ("one", "ray"))
    np.testing.assert_allclose(many.X, one.X, rtol=1e-6)
    assert list(many.obs_names) == list(one.obs_names)
    assert list(many.obs["warnings"]) == list(one.obs["warnings"])
    assert many.uns["graphkit"]["embed"] == one.uns["graphkit"]["embed"]


def test_explanations_are_equal_byte_for_byte(cluster, run, fasta, tiny, tmp_path, monkeypatch):
    records = map("".join, np.random.default_rng(0).choice([*"ACGU"], (40, 200)))
    source = fasta("".join(f">r{i % 30}\n{letters}\n" for i, letters in enumerate(records)))
    for name, engine in {"one": (), "ray": (*RAY, "--workers", 2)}.items():
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        options = ("--steps", 4, "--shuffles", 1, "--tracks", 3, "--model", tiny)
        result = run("explain", source, "-o", "why", *options, *engine)
        assert result.exit_code == 0, result.stderr
    one, many = (
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file()}
        for name in ("one", "ray")
    )
    assert one == many


def test_a_command_that_was_killed_goes_on(run, sources, tiny, tmp_path):
    out = tmp_path / "t.tsv"
    command = (sys.executable, "-m", "graphkit", "localize", *sources, "-o", out, "--model", tiny)
    killed = subprocess.Popen([*map(str, command), *RAY, "--workers", "1"], stderr=subprocess.PIPE)
    blocks = tmp_path / "t.tsv.blocks"
    while len(list(blocks.glob("*.block"))) < 5:
        assert killed.poll() is None, killed.stderr.read()
        time.sleep(0.05)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert not out.exists()
    assert run("localize", *sources, "-o", out, "--model", tiny, *RAY).exit_code == 0
    assert run("localize", *sources, "-o", tmp_path / "one.tsv", "--model", tiny).exit_code == 0
    assert out.read_bytes() == (tmp_path / "one.tsv").read_bytes()
    assert not blocks.exists()


def test_a_full_disk_is_told(cluster, run, fasta, tiny, tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("graphkit.reports.output.os.fsync", full)
    source = fasta(">a\nACGGUGCUAGCAUUGACUAGGCUAAUCGCAUCUUUAUUUAGCGC\n")
    result = run("localize", source, "-o", tmp_path / "t.tsv", "--model", tiny, *RAY)
    assert result.exit_code == 2
    assert "No space left on device" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["x.fa"]

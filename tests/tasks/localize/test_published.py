"""Parity with the published SGCL-LncLoc: its probabilities and its attention maps."""

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from graphkit.attribution import attention_track
from graphkit.builders import DeBruijnBuilder
from graphkit.errors import InputError
from graphkit.sequences import read_fasta
from graphkit.tasks import SequenceClassifier
from graphkit.tasks.localize.ensemble import combine
from graphkit.tasks.localize.published import published_sgcl_lncloc
from graphkit.types import Record


@pytest.fixture(scope="module")
def peer(shared: Path) -> Path:
    return shared / "peers" / "sgcl_lncloc"


@pytest.fixture(scope="module")
def published(peer: Path) -> SequenceClassifier:
    with np.load(peer / "weights.npz", allow_pickle=False) as arrays:
        return published_sgcl_lncloc(dict(arrays))


@pytest.fixture(scope="module")
def records(shared: Path) -> list[Record]:
    return list(read_fasta(shared / "data" / "lncrna" / "sgcl_test.fasta"))


@pytest.fixture(scope="module")
def expected(peer: Path) -> NDArray[np.float64]:
    with (peer / "testset_predictions.tsv").open() as file:
        return np.array([float(row["prob"]) for row in csv.DictReader(file, delimiter="\t")])


def test_probabilities_through_the_fast_path(
    published: SequenceClassifier, records: list[Record], expected: NDArray[np.float64]
) -> None:
    table = published.localize(records)
    assert len(table) == 151
    assert np.abs(table["p_Nucleus"].to_numpy() - expected).max() < 1e-5


def test_probabilities_through_the_general_path(
    published: SequenceClassifier, records: list[Record], expected: NDArray[np.float64]
) -> None:
    builder = DeBruijnBuilder(5)
    logits = []
    with torch.inference_mode():
        for record in records:
            graph = builder.build(record)
            logits.append(torch.stack([m.logits(graph)[0] for m in published.ensemble_.members]))
    verdict = combine(
        torch.stack(logits), published.ensemble_.average, published.ensemble_.temperature
    )
    assert np.abs(verdict.probabilities[:, 1] - expected).max() < 1e-5


@pytest.mark.parametrize("path", ["fast", "general"])
def test_attention_maps(
    path: str, peer: Path, published: SequenceClassifier, records: list[Record]
) -> None:
    builder = DeBruijnBuilder(5)
    by_id = {record.id.split("|")[0].replace(":", "_"): record for record in records}
    with np.load(peer / "attention.npz", allow_pickle=False) as maps:
        names = [name for name in maps.files if name != "ids"]
        assert len(names) == 5
        for name in names:
            record = by_id[name]
            graph = builder.build(record)
            data = builder.spectrum([record]) if path == "fast" else graph
            with torch.inference_mode():
                encoded = [member.encode(data) for member in published.ensemble_.members]
            alpha = torch.stack([e.node_weights.flatten() for e in encoded]).double().mean(dim=0)
            edges = np.zeros(graph.num_edges)
            weights = np.concatenate([edges, alpha.numpy()])
            counts = np.concatenate([edges, graph.node_count.numpy()])
            track = attention_track(weights, counts, builder.provenance(record))
            assert np.abs(track - maps[name]).max() < 1e-7


def test_missing_arrays_are_named() -> None:
    with pytest.raises(InputError, match="no arrays of published folds"):
        published_sgcl_lncloc({})
    with pytest.raises(InputError, match=r"fold1\.nodeEmbedding.*array is missing"):
        published_sgcl_lncloc({"fold1.conv1.bias": np.zeros(256, dtype=np.float32)})

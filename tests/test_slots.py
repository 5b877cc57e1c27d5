"""``docs/slots.md`` names all that the verbs write, and nothing else."""

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from graphkit import (
    NearestIndex,
    annotate,
    check_labels,
    cluster,
    denoise,
    find_domains,
    find_modules,
    rank_genes,
)
from graphkit.builders import spatial_graph
from graphkit.methods import CellParams, DARLCParams, DenoiserParams
from graphkit.omics import cell_quality
from graphkit.reports import motif_files
from graphkit.reports.explanation import evaluation, tables
from graphkit.reports.scorecard.scorecard import Scorecard
from graphkit.tasks.localize import by_gene
from graphkit.types import NOBODY

DOCUMENT = (Path(__file__).resolve().parents[1] / "docs/slots.md").read_text("utf-8")
ROOMS = ("obs", "var", "obsm", "varm", "obsp", "varp", "layers", "uns")
DENOISER = DenoiserParams(steps=2, min_epochs=1, members=1)
VERBS = {
    "denoise": lambda adata, **key: denoise(adata, params=DENOISER, **key),
    "find_domains": lambda adata, **key: find_domains(adata, n_domains=2, members=2, **key),
    "find_modules": lambda adata, **key: find_modules(
        adata, n_modules=2, params=DARLCParams(epochs=0, members=2), denoiser=DENOISER, **key
    ),
    "rank_genes": lambda adata, **key: rank_genes(adata, groupby="layer", n_genes=3, **key),
    "cluster": lambda adata, library_key, **key: cluster(
        adata, n_clusters=2, members=1, params=CellParams(steps=2, min_epochs=1), **key
    ),
    "check_labels": lambda adata, library_key, **key: check_labels(adata, label="layer", **key),
    "annotate": lambda adata, library_key, **key: annotate(
        adata[::3].copy(), adata, label="layer", **key
    ),
}

TABLE = SimpleNamespace(n=0, name="all", conclusion="", as_dict=dict)


def rows(title):
    """Return the cells of the table below a title, without backquotes."""
    section = DOCUMENT.partition(f"## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]


def listed(verb, key=None):
    """Return the dtype of each slot that the document lists for a verb."""
    slots = {}
    for name, usual, renamed, dtype, _ in rows("Slots of an AnnData"):
        if name == verb:
            slots[usual if key is None or renamed == "shared" else renamed] = dtype
    return {re.sub(r'"(X_)?K(_|")', rf'"\g<1>{key}\2', slot): kind for slot, kind in slots.items()}


def written(adata):
    """Return each slot's value."""
    slots = {
        f'{room}["{key}"]': getattr(adata, room)[key]
        for room in ROOMS
        for key in getattr(adata, room)
    }
    origins = slots.pop('uns["graphkit"]', {})
    return slots | {f'uns["graphkit"]["{key}"]': told for key, told in origins.items()}


def dtype(value):
    return str(value.dtype) if hasattr(value, "dtype") else type(value).__name__


def same(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, pd.Series | pd.DataFrame):
        return one.equals(other)
    if isinstance(one, np.recarray):
        return same(pd.DataFrame(one), pd.DataFrame(other))
    if hasattr(one, "toarray"):
        return (one != other).nnz == 0
    if isinstance(one, np.ndarray) and one.dtype.kind == "f":
        return np.array_equal(one, other, equal_nan=True)
    return np.all(one == other)


@pytest.fixture
def tissue(small_tissue):
    """A tissue with a graph and columns of quality, so that no other verb writes them."""
    adata = small_tissue.copy()
    spatial_graph(adata, library_key="slide")
    quality = cell_quality(adata, adata.X).drop(columns="damaged")
    adata.obs[list(quality)] = quality
    return adata


def test_the_graph_is_written_where_it_is_listed(small_tissue):
    adata = small_tissue.copy()
    before = written(adata)
    spatial_graph(adata, library_key="slide")
    found = {slot: dtype(v) for slot, v in written(adata).items() if slot not in before}
    assert found == listed("spatial_graph")


def test_columns_of_quality_are_those_listed(small_tissue):
    found = cell_quality(small_tissue, small_tissue.X).drop(columns="damaged")
    assert {f'obs["{name}"]': dtype(column) for name, column in found.items()} == listed(
        "cell_quality"
    )


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_writes_what_is_listed_and_another_key_overwrites_nothing(verb, tissue):
    before = written(tissue)
    VERBS[verb](tissue, library_key="slide")
    first = written(tissue)
    assert {slot: dtype(v) for slot, v in first.items() if slot not in before} == listed(verb)
    VERBS[verb](tissue, library_key="slide", key_added="other", random_state=1)
    second = written(tissue)
    new = {slot: dtype(v) for slot, v in second.items() if slot not in first}
    assert new == listed(verb, "other")
    assert [slot for slot, value in first.items() if not same(value, second[slot])] == []


# The columns of a model that predicts a value.
QUANTITY = (
    ("log2_CN", "CN_low", "CN_high"),
    ("measured_log2_CN", "measured_sd", "measured_lines"),
)
_INDEX = NearestIndex().add([[0.0]], ["label"], neighbour=["name"])
NEIGHBOUR = _INDEX.table(_INDEX.nearest([[0.0]]), ["query"]).columns


@pytest.mark.parametrize(
    ("file", "columns"),
    [
        ("localize", NOBODY.row(("CLASS",), QUANTITY)),
        ("localize --by-gene", by_gene.COLUMNS),
        ("nearest", NEIGHBOUR),
        ("scores.tsv", tables.SCORE_COLUMNS),
        ("seqlets.bed", tables.BED_COLUMNS),
        ("faithfulness.tsv", evaluation.COLUMNS),
        ("motifs.tsv", motif_files.COLUMNS),
        ("known_motifs.tsv", motif_files.KNOWN_COLUMNS),
        ("evaluate --json", [*Scorecard("", "", "", {}, (TABLE,), {}).as_dict(), "made"]),
    ],
)
def test_columns_are_listed_in_their_order(file, columns):
    assert [row[1] for row in rows("Columns of the tables") if row[0] == file] == list(columns)


def test_columns_of_the_ranking_are_listed_in_their_order(tissue):
    VERBS["rank_genes"](tissue, library_key="slide")
    table = tissue.uns["rank_genes_groups"]["table"]
    kinds = {"O": "str", "i": "int", "f": "float"}
    found = [[name, kinds[table[name].dtype.kind]] for name in table]
    assert [row[1:3] for row in rows("Columns of the tables") if row[0] == "rank-genes"] == found

"""Model folders that are not what they say."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from graphkit.errors import InputError
from graphkit.evaluation import PredictionInterval
from graphkit.methods import (
    LncLoc,
    LncLocParams,
    LncLocValue,
    LncLocValueParams,
    SGCLLncLoc,
    SGCLLncLocParams,
)
from graphkit.sequences import DomainOfUse, LineEffects, decode
from graphkit.tasks import NearestIndex, SequenceClassifier, SequenceRegressor
from graphkit.tasks.explain.explain import explain
from graphkit.tasks.localize.ensemble import Ensemble
from graphkit.tasks.localize.folder import write_folder
from graphkit.tasks.localize.known_transcripts import Known, KnownTranscripts
from graphkit.tasks.localize.quantity import Quantity
from graphkit.training import load_model, save_model
from graphkit.training.checkpoint import sealed

PARAMS = SGCLLncLocParams(k=2, features="one-hot", hidden=4)
CLASSES = ("A", "B")
CODES = np.random.default_rng(0).integers(0, 4, 400).astype(np.uint8)


def written(
    tmp_path: Path, *, known: KnownTranscripts | None = None, domain: DomainOfUse | None = None
) -> Path:
    members = [SGCLLncLoc(CLASSES, PARAMS) for _ in range(2)]
    ensemble = Ensemble(
        method=SGCLLncLoc,
        params=PARAMS,
        classes=CLASSES,
        members=members,
        temperature=1.5,
        known=known,
        domain=domain,
        about={"card": "# A card\n"},
    )
    write_folder(tmp_path / "model", ensemble)
    return tmp_path / "model"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path)


@pytest.fixture
def informed(tmp_path: Path) -> Path:
    """A model folder with sketches of two training transcripts."""
    return written(tmp_path, known=KnownTranscripts.of([CODES, CODES[::-1]], "BA", classes=CLASSES))


KINDS = {"half": torch.float16, "double": torch.float64, "whole": torch.int64}


def edited(folder: Path, edit: Callable[[dict[str, Any]], None]) -> Path:
    config = json.loads((folder / "config.json").read_text())
    edit(config)
    (folder / "config.json").write_text(json.dumps(sealed(config)))
    return folder


def test_round_trip(folder: Path) -> None:
    model = SequenceClassifier.load(folder)
    assert model.ensemble_.classes == CLASSES
    assert model.ensemble_.params == PARAMS
    assert model.ensemble_.temperature == 1.5
    assert (folder / "README.md").read_text() == "# A card\n"
    assert all(p.device.type == "cpu" for m in model.ensemble_.members for p in m.parameters())
    assert all(b.device.type == "cpu" for m in model.ensemble_.members for b in m.buffers())


def of_regions(tmp_path: Path) -> tuple[list[LncLoc], Path]:
    params = LncLocParams(width=8, width_ends=4, five_prime=(50,), three_prime=(60, 80))
    members = [LncLoc(CLASSES, params).eval() for _ in range(2)]
    ensemble = Ensemble(method=LncLoc, params=params, classes=CLASSES, members=members)
    write_folder(tmp_path / "two", ensemble)
    return members, tmp_path / "two"


def test_a_model_of_regions_says_the_same_again(tmp_path: Path) -> None:
    members, folder = of_regions(tmp_path)
    model = SequenceClassifier.load(folder)
    assert model.ensemble_.params == members[0].params
    spectrum = members[0].params.builder().spectrum([CODES])
    for member, loaded in zip(members, model.ensemble_.members, strict=True):
        torch.testing.assert_close(member.logits(spectrum), loaded.logits(spectrum))


@pytest.mark.parametrize("value", [[50, "60"], "50", 50, [50.5], [[50]]])
def test_lists_of_the_wrong_kind_are_refused(tmp_path: Path, value: object) -> None:
    _, folder = of_regions(tmp_path)
    edited(folder, lambda c: c["params"].update(five_prime=value))
    with pytest.raises(InputError, match="five_prime"):
        SequenceClassifier.load(folder)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda c: c.update({"class": "os.system"}), "unknown model class 'os.system'"),
        (lambda c: c.update(method="bert"), "unknown model class.*'bert'"),
        (lambda c: c.pop("method"), "'method' is missing"),
        (lambda c: c["params"].update(k=3), r"embedding is 16 x 8, not 64 x 12"),
        (lambda c: c["params"].update(k=200), "k = 200"),
        (lambda c: c["params"].update(hidden=10**12), "hidden = 1000000000000"),
        (lambda c: c["params"].update(layers=10**9), "layers = 1000000000"),
        (lambda c: c["params"].update(hidden="4"), "hidden = '4'"),
        (lambda c: c["params"].update(extra=1), "missing or unknown: extra"),
        (lambda c: c["params"].pop("k"), "missing or unknown: k"),
        (lambda c: c.update(classes=["A"]), "two or more names"),
        (lambda c: c.update(classes=["A", 3]), "two or more names"),
        (lambda c: c.update(classes=["A", "B", "C"]), "classifier.* is 1, not 2"),
        (lambda c: c.update(classes=["B", "A"]), "sorted, each there once"),
        (lambda c: c.update(classes=["A", "A"]), "sorted, each there once"),
        (lambda c: c.update(members=3), "members.2"),
        (lambda c: c.update(members=True), "'members' is missing or of the wrong kind"),
        (lambda c: c.update(members=10**9), "1000000000 members"),
        (lambda c: c.update(temperature=0), "temperature"),
        (lambda c: c.update(temperature=-1), "temperature"),
        (lambda c: c.update(temperature=True), "temperature"),
        (lambda c: c["params"].update(dropout=False), "dropout = False"),
        (lambda c: c.update(average="median"), "average"),
    ],
)
def test_configurations_that_do_not_fit(
    folder: Path, edit: Callable[[dict[str, Any]], None], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        SequenceClassifier.load(edited(folder, edit))


@pytest.mark.parametrize("change", ["extra", "missing", "nan", "shape", "half", "double", "whole"])
def test_weights_that_do_not_fit(folder: Path, change: str) -> None:
    config, tensors = load_model(folder)
    name = "members.0.embedding"
    if change == "extra":
        tensors["members.0.more"] = torch.zeros(2)
    elif change == "missing":
        del tensors[name]
    elif change == "shape":
        tensors[name] = torch.zeros(3, 3)
    elif change in KINDS:
        tensors[name] = tensors[name].to(KINDS[change])
    else:
        tensors[name][0, 0] = float("nan")

    def save_and_load() -> None:
        save_model(folder, config, tensors)
        SequenceClassifier.load(folder)

    with pytest.raises(InputError, match=r"members\.0"):
        save_and_load()


def test_sketches_are_there_or_not(tmp_path: Path) -> None:
    assert SequenceClassifier.load(written(tmp_path)).ensemble_.known is None
    known = KnownTranscripts.of([CODES], ["B"], classes=CLASSES)
    again = SequenceClassifier.load(written(tmp_path, known=known)).ensemble_.known
    assert again is not None
    assert again.lookup(CODES) == Known("B", 1.0, 1.0, nearly_identical=True)


@pytest.mark.parametrize("change", ["extra", "missing", "label", "offset"])
def test_sketches_that_do_not_fit(informed: Path, change: str) -> None:
    config, tensors = load_model(informed)
    if change == "extra":
        tensors["known.more"] = torch.zeros(2)
    elif change == "missing":
        del tensors["known.levels"]
    elif change == "label":
        tensors["known.labels"][0] = 2
    else:
        tensors["known.offsets"][1] = 10**9

    save_model(informed, config, tensors)
    with pytest.raises(InputError, match=r"known\."):
        SequenceClassifier.load(informed)


@pytest.fixture
def described(tmp_path: Path) -> Path:
    """A model folder that says what it was taught."""
    generator = np.random.default_rng(0)
    taught = [generator.integers(0, 4, 300).astype(np.uint8) for _ in range(200)]
    return written(tmp_path, domain=DomainOfUse.fit(taught))


def test_a_domain_of_use_is_there_or_not(folder: Path) -> None:
    assert SequenceClassifier.load(folder).ensemble_.domain is None
    (row,) = SequenceClassifier.load(folder).ensemble_.predict_each({"a": decode(CODES)})
    assert (row.applicability, row.status) == (None, "predicted")


def test_a_domain_of_use_judges_as_before(described: Path) -> None:
    _, tensors = load_model(described)
    domain = SequenceClassifier.load(described).ensemble_.domain
    assert domain is not None
    for name, values in domain.arrays().items():
        np.testing.assert_array_equal(tensors[f"domain.{name}"].numpy(), values)
    assert domain.judge(CODES).value > 0
    assert domain.judge(np.zeros(400, dtype=np.uint8)).value == 0


@pytest.mark.parametrize(
    ("name", "tensor", "message"),
    [
        ("more", torch.zeros(2, dtype=torch.float64), "more: is unknown"),
        ("mean", None, "mean: is missing"),
        ("mean", torch.zeros(3, dtype=torch.float64), "mean: is not"),
        ("trend", torch.zeros(2, 2, dtype=torch.bfloat16), "trend: is of the wrong kind"),
    ],
)
def test_a_domain_of_use_that_does_not_fit(
    described: Path, name: str, tensor: torch.Tensor | None, message: str
) -> None:
    config, tensors = load_model(described)
    tensors.pop(f"domain.{name}", None)
    if tensor is not None:
        tensors[f"domain.{name}"] = tensor
    save_model(described, config, tensors)
    with pytest.raises(InputError, match=rf"domain\.{message}"):
        SequenceClassifier.load(described)


@pytest.mark.parametrize("written_as", ["tsv", "jsonl"])
def test_weights_too_large_to_reckon_with_give_refused_rows(
    run: Any, fasta: Any, folder: Path, written_as: str
) -> None:
    config, tensors = load_model(folder)
    huge = {k: t.fill_(1e38) if t.is_floating_point() else t for k, t in tensors.items()}
    save_model(folder, config, huge)
    source = fasta(">a\n" + "ACGUUGCA" * 9 + "\n")
    result = run("localize", source, "--model", folder, "--format", written_as)
    assert result.exit_code == 2
    assert "not_predicted: the model's answer is not a finite number" in result.stdout
    assert "nan" not in result.stdout.lower()
    explained = list(explain(SequenceClassifier.load(folder), source, steps=2))
    assert explained[0].status == "not_explained: the model's answer is not a finite number"


LINES = ("a", "b")
QUANTITY = Quantity(
    name="log2_CN",
    threshold=-1.5,
    interval=PredictionInterval(1.0, 2.0),
    line_interval=PredictionInterval(1.5, 2.5),
    effects=LineEffects(LINES, (-0.5, 0.5), 1.0, 2.0),
)


@pytest.fixture
def of_values(tmp_path: Path) -> Path:
    """A folder of a model that predicts a value."""
    params = LncLocValueParams(lines=LINES, width=8, five_prime=(), three_prime=())
    classes = ("up", "down")
    known = KnownTranscripts.of(
        [CODES], ["up"], classes=classes, measured=np.array([[1.0, 0.5, 3]], dtype=np.float32)
    )
    ensemble = Ensemble(
        method=LncLocValue,
        params=params,
        classes=classes,
        members=[LncLocValue(classes, params).eval()],
        quantity=QUANTITY,
        known=known,
    )
    write_folder(tmp_path / "values", ensemble)
    return tmp_path / "values"


def test_a_model_of_values_says_the_same_again(of_values: Path) -> None:
    model = SequenceRegressor.load(of_values)
    assert model.ensemble_.quantity == QUANTITY
    assert model.name == "log2_CN"
    row = model.localize([decode(CODES)]).iloc[0]
    assert (row["measured_log2_CN"], row["measured_sd"], row["measured_lines"]) == (1.0, 0.5, 3)
    assert row["CN_low"] < row["log2_CN"] < row["CN_high"]


def test_a_model_of_values_is_no_classifier_and_the_reverse(of_values: Path, folder: Path) -> None:
    with pytest.raises(InputError, match=r"predicts value\. Use a SequenceRegressor"):
        SequenceClassifier.load(of_values)
    with pytest.raises(InputError, match=r"predicts classes\. Use a SequenceClassifier"):
        SequenceRegressor.load(folder)


@pytest.mark.parametrize(
    "edit",
    [
        lambda q: q.pop("threshold"),
        lambda q: q.update(threshold="low"),
        lambda q: q.update(threshold=True),
        lambda q: q.update(name="log2 C/N"),
        lambda q: q.update(name=3),
        lambda q: q.update(interval=[1, 2]),
        lambda q: q["interval"].update(width=1),
        lambda q: q["line_interval"].update(below="1"),
        lambda q: q["effects"].update(offsets=[0.5]),
        lambda q: q["effects"].update(lines=["a", "c"]),
        lambda q: q["effects"].update(noise=-1.0),
        lambda q: q.clear(),
    ],
)
def test_quantities_that_are_not_sound_are_refused(of_values: Path, edit: Any) -> None:
    edited(of_values, lambda config: edit(config["quantity"]))
    with pytest.raises(InputError, match="quantity"):
        SequenceRegressor.load(of_values)


def test_a_quantity_is_needed_for_values(of_values: Path) -> None:
    edited(of_values, lambda config: config.pop("quantity"))
    with pytest.raises(InputError, match="'quantity' is missing"):
        SequenceRegressor.load(of_values)


@pytest.fixture
def with_index(of_values: Path) -> Path:
    """The same with an index of one record, numbered 7."""
    ensemble = SequenceRegressor.load(of_values).ensemble_
    index = NearestIndex("cosine").add(
        ensemble.embed([CODES]).astype(np.float16),
        np.array([7], dtype=np.int16),
        log2_CN=np.array([1.5], dtype=np.float32),
        lines=np.array([3], dtype=np.uint8),
    )
    write_folder(of_values, replace(ensemble, index=index.parts()))
    return of_values


def test_the_index_of_a_model_comes_back_and_is_shown_where_asked(with_index: Path) -> None:
    ensemble = SequenceRegressor.load(with_index).ensemble_
    (plain,) = ensemble.predict_each([decode(CODES)])
    (asked,) = ensemble.asked(evidence=3).predict_each([decode(CODES)])
    assert plain.nearest == ()
    inside = replace(asked, nearest=())
    assert inside == plain
    ((number, value, lines, similarity),) = asked.nearest
    assert (number, value, lines) == (7, 1.5, 3)
    assert similarity == pytest.approx(1, abs=1e-3)


def test_an_index_that_makes_no_sense_is_refused(with_index: Path) -> None:
    config, tensors = load_model(with_index)
    del tensors["index.column.lines"]
    save_model(with_index, config, tensors)
    with pytest.raises(InputError, match="is no sound index"):
        _ = SequenceRegressor.load(with_index).ensemble_.nearest
    save_model(with_index, {**config, "index": None}, tensors)
    with pytest.raises(InputError, match="'index' is missing"):
        SequenceRegressor.load(with_index)

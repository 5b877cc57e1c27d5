"""A model that needs no training, and a way to run the command line in this process."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from graphkit.errors import InputError
from graphkit.sequences import examine
from graphkit.types import Prediction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from anndata import AnnData

    from graphkit.types import Record

CLASSES = ("Cytoplasm", "Nucleus")


@dataclass
class FakeModel:
    """P(Nucleus) is the share of G and C among the letters."""

    classes: tuple[str, ...] = CLASSES
    about: dict[str, str] = field(default_factory=lambda: {"name": "fake", "limits": "It is one."})
    known: None = None
    quantity: None = None
    sets: None = None
    method: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(predicts="classes"))
    members: tuple[None, ...] = ()
    seen: list[Record] = field(default_factory=list)
    outside: set[str] = field(default_factory=set)

    @property
    def params(self) -> FakeModel:
        return self

    def to(self, device: object) -> FakeModel:
        return self

    def asked(self, *, evidence: int | None, **given: object) -> FakeModel:
        assert evidence in (None, 3)
        assert set(given.values()) == {None}
        return self

    def row(self, prediction: Prediction) -> dict[str, object]:
        return prediction.row(self.classes)

    def predict_each(
        self, records: Iterable[Record], *, uncertain: float | None, on_error: str
    ) -> Iterator[Prediction]:
        ids: set[str] = set()
        for record in records:
            self.seen.append(record)
            found = examine(record)
            if found.reason is not None and on_error == "fail":
                raise InputError(found.reason, file=record.file, record=record.id, line=record.line)
            again = ("this id occurred before",) if record.id in ids else ()
            ids.add(record.id)
            least = 0.6 if uncertain is None else uncertain
            one = self._one(record, found.reason, least, (*found.warnings, *again))
            yield replace(one, file=record.file)

    def _one(
        self, record: Record, reason: str | None, uncertain: float, warnings: tuple[str, ...]
    ) -> Prediction:
        who = (record.id, record.gene, record.symbol, len(record.sequence))
        if reason is not None:
            return Prediction(*who, f"not_predicted: {reason}", warnings=warnings)
        letters = record.sequence.upper()
        strong = sum(map(letters.count, "GC")) / sum(map(letters.count, "ACGTU"))
        rest = (1 - strong) / (len(self.classes) - 1)
        p = (*[rest] * (len(self.classes) - 1), strong)
        best = max(range(len(p)), key=p.__getitem__)
        label = self.classes[best] if p[best] >= uncertain else "uncertain"
        weak = 1 - sum(map(letters.count, "ACGTU")) / len(letters)
        if record.id in self.outside:
            return Prediction(*who, "outside_domain", "uncertain", p, "5 of 5", weak, warnings)
        return Prediction(*who, "predicted", label, p, "5 of 5", weak, warnings)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> FakeModel:
    """Every name of a model stands for this one."""
    fake = FakeModel()
    monkeypatch.setattr("graphkit.pretrained.load_ensemble", lambda name: fake)
    monkeypatch.setattr("graphkit.pretrained.sha256", lambda name: "f" * 64)
    return fake


@pytest.fixture
def tissue_file(small_tissue: AnnData, tmp_path: Path) -> Callable[..., Path]:
    """Write the tissue, changed by a function of it, and return its path."""

    def write(
        change: Callable[[AnnData], AnnData | None] = lambda _: None, name: str = "in.h5ad"
    ) -> Path:
        adata = small_tissue.copy()
        changed = change(adata)
        path = tmp_path / name
        (adata if changed is None else changed).write_h5ad(path)
        return path

    return write


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is fitted to spots is trained for a moment only."""
    from graphkit.methods import DARLCParams, DenoiserParams

    denoiser = partial(DenoiserParams, steps=3, min_epochs=1, members=1)
    for name, recipe in {
        "denoise.denoiser.DenoiserParams": denoiser,
        "modules.estimator.DenoiserParams": denoiser,
        "modules.estimator.DARLCParams": partial(DARLCParams, epochs=0, members=4),
    }.items():
        monkeypatch.setattr(f"graphkit.tasks.{name}", recipe)


@pytest.fixture
def spatial_fakes(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Methods for spots that need no training; ``calls`` has what each was asked."""
    place = Path(__file__).with_name("spatial_fakes.py")
    specification = importlib.util.spec_from_file_location("spatial_fakes", place)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    fakes = module.fake_methods()
    # What imports an estimator by name must not do so while another stands there.
    for place in ("graphkit.tasks.rank_genes", "graphkit.tasks.modules.modules"):
        importlib.import_module(place)
    for (place, kind), fake in module.places(fakes).items():
        monkeypatch.setattr(f"{place}.{kind}", fake)
    return fakes

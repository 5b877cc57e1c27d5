"""Ensembles as folders: ``config.json`` and ``model.safetensors``, checked before use."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import torch

from graphkit.errors import InputError
from graphkit.sequences import DomainOfUse
from graphkit.tasks.localize.ensemble import METHODS, Ensemble, find_method
from graphkit.tasks.localize.known_transcripts import PREFIX, KnownTranscripts
from graphkit.tasks.localize.label_sets import LabelSets
from graphkit.tasks.localize.quantity import Quantity
from graphkit.training import check_tensors, load_model, save_model
from graphkit.training.distrust import RETRAIN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

    from graphkit.methods.base import SequenceMethod

_DOMAIN, _INDEX = "domain.", "index."
_MAX_MEMBERS = 100
KINDS = {
    "classes": "SequenceClassifier",
    "labels": "SequenceClassifier",
    "value": "SequenceRegressor",
}
"""Estimators by what a method predicts."""


def write_folder(folder: Path, ensemble: Ensemble) -> None:
    """Write an ensemble as a model folder.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    config: dict[str, Any] = {
        "class": KINDS[ensemble.method.predicts],
        "method": ensemble.method.name,
        "params": asdict(ensemble.params),
        "classes": list(ensemble.classes),
        "alphabet": "ACGU",
        "members": len(ensemble.members),
        "temperature": ensemble.temperature,
        "average": ensemble.average,
        "quantity": ensemble.quantity.config() if ensemble.quantity else None,
        "sets": ensemble.sets.config() if ensemble.sets else None,
        "about": dict(ensemble.about),
    }
    tensors = {
        f"members.{i}.{name}": tensor.detach().cpu().contiguous()
        for i, member in enumerate(ensemble.members)
        for name, tensor in member.state_dict().items()
    }
    if ensemble.known is not None:
        tensors |= ensemble.known.tensors()
    if ensemble.domain is not None:
        described = ensemble.domain.arrays()
        tensors |= {_DOMAIN + name: torch.from_numpy(a.copy()) for name, a in described.items()}
    if ensemble.index is not None:
        config["index"], parts = ensemble.index
        tensors |= {_INDEX + name: tensor for name, tensor in parts.items()}
    files = {"README.md": ensemble.about["card"]} if "card" in ensemble.about else {}
    save_model(folder, config, tensors, files=files)


def read_folder(folder: Path, *, method: type[SequenceMethod] | None = None) -> Ensemble:
    """Read a model folder.

    The networks are first laid out without memory, so that shapes can be compared with the file
    before anything is allocated.

    Parameters
    ----------
    folder
        What :func:`write_folder` wrote.
    method
        The class of a method of your own; those of graphkit are found by name.

    Raises
    ------
    InputError
        If the folder is not a sound model of `method`, or of one of graphkit.
    """
    config, stored = load_model(folder)
    sketches = {name: t for name, t in stored.items() if name.startswith(PREFIX)}
    described = {name: t for name, t in stored.items() if name.startswith(_DOMAIN)}
    indexed = {name: t for name, t in stored.items() if name.startswith(_INDEX)}
    others = sketches | described | indexed
    tensors = {name: tensor for name, tensor in stored.items() if name not in others}
    file = folder / "config.json"
    known = tuple(METHODS) if method is None else (method.name,)
    name = _field(config, "method", str, file)
    if _field(config, "class", str, file) not in KINDS.values() or name not in known:
        raise InputError(
            f"unknown model class {config['class']!r} or method {name!r}",
            file=file,
            remedy=f"This version of graphkit knows the methods {', '.join(known)}.",
        )
    method = find_method(method or name)
    params = _params(method, _field(config, "params", dict, file), file)
    classes = tuple(_field(config, "classes", list, file))
    if not all(isinstance(name, str) and name for name in classes) or len(classes) < 2:
        raise InputError("classes must be two or more names", file=file, slot="classes")
    ordered = method.predicts != "classes" or list(classes) == sorted(classes)
    if len(set(classes)) < len(classes) or not ordered:
        raise InputError("classes must be sorted, each there once", file=file, slot="classes")
    quantity = _quantity(method, params, config, file)
    sets = _sets(method, classes, config, file)
    count = _field(config, "members", int, file)
    if not 1 <= count <= _MAX_MEMBERS:
        raise InputError(f"{count} members", file=file, slot="members")
    with torch.device("meta"):
        skeleton = method(classes, params).state_dict()
    expected = {
        f"members.{i}.{name}": tensor for i in range(count) for name, tensor in skeleton.items()
    }
    weights = folder / "model.safetensors"
    check_tensors(expected, tensors, file=weights)
    transcripts = None
    if sketches:
        transcripts = KnownTranscripts.from_tensors(
            sketches, classes=classes if sets is None else sets.known, file=weights
        )
    temperature = float(_field(config, "temperature", (int, float), file))
    average = _field(config, "average", str, file)
    if not 0 < temperature < float("inf") or average not in ("logits", "probabilities"):
        raise InputError("temperature or average is not usable", file=file)
    about = {str(k): str(v) for k, v in _field(config, "about", dict, file).items()}
    members = [_member(method, classes, params, tensors, i) for i in range(count)]
    return Ensemble(
        method=method,
        params=params,
        classes=classes,
        members=members,
        temperature=temperature,
        quantity=quantity,
        sets=sets,
        average=average,
        known=transcripts,
        domain=_domain(described, weights) if described else None,
        index=_index(_field(config, "index", dict, file), indexed) if indexed else None,
        about=about,
    )


def _quantity(
    method: type[SequenceMethod], params: Any, config: Mapping[str, Any], file: Path
) -> Quantity | None:
    if method.predicts != "value":
        return None
    try:
        quantity = Quantity.from_config(_field(config, "quantity", dict, file))
    except InputError as error:
        raise error.at(file=file, slot="quantity", remedy=RETRAIN) from error
    if params.lines not in ((), quantity.effects.lines):
        raise InputError("lines differ from those of the params", file=file, slot="quantity")
    return quantity


def _sets(
    method: type[SequenceMethod], labels: tuple[str, ...], config: Mapping[str, Any], file: Path
) -> LabelSets | None:
    if method.predicts != "labels":
        return None
    try:
        return LabelSets.from_config(_field(config, "sets", dict, file), labels=labels)
    except InputError as error:
        raise error.at(file=file, slot="sets", remedy=RETRAIN) from error


def _member(
    method: type[SequenceMethod],
    classes: tuple[str, ...],
    params: Any,
    tensors: Mapping[str, Tensor],
    number: int,
) -> SequenceMethod:
    with torch.device("meta"):
        member = method(classes, params)
    prefix = f"members.{number}."
    state = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
    member.load_state_dict(state, assign=True)
    return member.eval()


def _domain(tensors: Mapping[str, Tensor], file: Path) -> DomainOfUse:
    for name, tensor in tensors.items():
        if tensor.dtype is not torch.float64:
            raise InputError("is of the wrong kind", file=file, slot=name, remedy=RETRAIN)
    arrays = {name.removeprefix(_DOMAIN): tensor.numpy() for name, tensor in tensors.items()}
    try:
        return DomainOfUse.from_arrays(arrays)
    except InputError as error:
        slot = f"{_DOMAIN}{error.slot}"
        raise error.at(file=file, slot=slot, remedy=RETRAIN) from error


def _index(
    config: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> tuple[Mapping[str, Any], Mapping[str, Tensor]]:
    return config, {name.removeprefix(_INDEX): tensor for name, tensor in tensors.items()}


def _params(method: type[SequenceMethod], values: dict[str, Any], file: Path) -> Any:
    known = {field.name for field in fields(method.Params)}
    if set(values) != known:
        odd = ", ".join(sorted(set(values) ^ known))
        raise InputError(f"parameters missing or unknown: {odd}", file=file, slot="params")
    defaults = asdict(method.Params())
    for name, value in values.items():
        if not _like(value, defaults[name]):
            raise InputError(f"{name} = {value!r}", file=file, slot="params")
    return method.Params(**values)


def _like(value: Any, default: Any) -> bool:
    """Say whether a value out of JSON, which has lists only, can stand where `default` does."""
    if isinstance(default, tuple):
        kind = default[0] if default else ""
        return isinstance(value, list) and all(_like(one, kind) for one in value)
    return type(value) is type(default) or (isinstance(default, float) and type(value) is int)


def _field(config: Mapping[str, Any], name: str, kind: Any, file: Path) -> Any:
    # A boolean passes for a number, but not here.
    if not isinstance(config.get(name), kind) or isinstance(config[name], bool):
        raise InputError(f"{name!r} is missing or of the wrong kind", file=file, slot=name)
    return config[name]

"""Model folders: ``config.json`` and ``model.safetensors``, and nothing that can run."""

from __future__ import annotations

import hashlib
import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError, safe_open

from graphkit.errors import InputError
from graphkit.files import new_folder, write_file
from graphkit.training.distrust import (
    RETRAIN,
    find_member,
    require_finite,
    require_safetensors,
    unreadable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

SCHEMA_VERSION = 1
CONFIG = "config.json"
WEIGHTS = "model.safetensors"

_MAX_CONFIG_BYTES = 4_000_000
_SEAL = "config_sha256"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def save_model(
    folder: str | Path,
    config: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
    *,
    files: Mapping[str, str] | None = None,
) -> None:
    """Write a model folder; it is there whole or not at all.

    An older model folder of that name is replaced in one step. Anything else of that name is left
    alone and refused.

    Parameters
    ----------
    folder
        Where to; missing parents are made.
    config
        JSON values. ``schema_version`` and the SHA-256 of weights and configuration are filled in.
    tensors
        The weights by name.
    files
        Further text files by name, such as ``README.md``.

    Raises
    ------
    InputError
        The folder cannot be written or holds something else; a weight is not finite.
    """
    # A configuration is read without torch: whoever lists models does not wait for it.
    import torch
    from safetensors.torch import save as to_safetensors

    target = Path(folder).resolve()
    for name, tensor in tensors.items():
        require_finite(name, tensor, file=target)
    weights = to_safetensors(
        {
            # Copies, because two names may share one memory and that cannot be stored.
            name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
            for name, tensor in tensors.items()
        }
    )
    full = {
        **config,
        "schema_version": SCHEMA_VERSION,
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
    }
    contents = {
        CONFIG: (json.dumps(sealed(full), indent=2, allow_nan=False) + "\n").encode(),
        WEIGHTS: weights,
    }
    for name, text in (files or {}).items():
        if name in contents or not _PLAIN_NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot be the name of a further file")
        contents[name] = text.encode()
    try:
        _require_replaceable(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        with new_folder(target) as temporary:
            for name, data in contents.items():
                write_file(temporary / name, data)
    except OSError as error:
        raise InputError(
            f"the model cannot be written: {error.strerror or error}",
            file=target,
            remedy="Choose a folder that can be written, on a disk with space.",
        ) from error


def sealed(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration with the SHA-256 of all the rest of it as ``config_sha256``."""
    rest = {name: value for name, value in config.items() if name != _SEAL}
    digest = hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
    return {**rest, _SEAL: digest}


def read_config(folder: str | Path) -> dict[str, Any]:
    """Read and check ``config.json`` of a model folder.

    Returns
    -------
    dict
        The configuration, ``schema_version`` and both SHA-256 included.

    Raises
    ------
    InputError
        No model folder, or a configuration that is too large, not JSON, altered or of another
        schema.
    """
    path = find_member(Path(folder), CONFIG)
    try:
        if path.stat().st_size > _MAX_CONFIG_BYTES:
            raise InputError("is too large for a configuration", file=path, remedy=RETRAIN)
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        config = json.loads(data, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise InputError("is not JSON", file=path, remedy=RETRAIN) from error
    if not isinstance(config, dict):
        raise InputError("is not a JSON object", file=path, remedy=RETRAIN)
    version = config.get("schema_version")
    if type(version) is not int or version < 1:
        raise InputError(
            "is not the configuration of a graphkit model", file=path, slot="schema_version"
        )
    if version > SCHEMA_VERSION:
        raise InputError(
            f"schema {version} is newer than {SCHEMA_VERSION}, the newest this graphkit reads",
            file=path,
            slot="schema_version",
            remedy="Update graphkit.",
        )
    digest = config.get("weights_sha256")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise InputError("is not a SHA-256", file=path, slot="weights_sha256", remedy=RETRAIN)
    if sealed(config)[_SEAL] != config.get(_SEAL):
        raise InputError("does not fit its own SHA-256: it was altered", file=path, remedy=RETRAIN)
    return config


def load_model(folder: str | Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Read and check a model folder; nothing in it can run, and nothing is unpickled.

    Memory stays within the size of the files, whatever they declare: the weights are mapped, and
    copied once.

    Returns
    -------
    config : dict
        As :func:`read_config`.
    tensors : dict of Tensor
        The weights by name, on the CPU, all finite.

    Raises
    ------
    InputError
        No model folder, or one that is damaged, altered, or not finite.
    """
    config = read_config(folder)
    path = find_member(Path(folder), WEIGHTS)
    try:
        require_safetensors(path)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != config["weights_sha256"]:
            raise InputError(
                f"does not fit the SHA-256 in {CONFIG}: it was cut short or altered",
                file=path,
                remedy=RETRAIN,
            )
        with safe_open(path, framework="pt") as stored:
            # Copies, because the library maps the file and would follow its later changes.
            names = stored.keys()
            tensors = {name: stored.get_tensor(name).clone() for name in names}
    except OSError as error:
        raise unreadable(path, error) from error
    except SafetensorError as error:
        raise InputError(
            f"is not a readable safetensors file ({error})", file=path, remedy=RETRAIN
        ) from error
    for name, tensor in tensors.items():
        require_finite(name, tensor, file=path)
    return config, tensors


def folder_sha256(folder: str | Path) -> str:
    """Return the SHA-256 of a configuration, which holds that of the weights: one for a model.

    Raises
    ------
    InputError
        As :func:`read_config`.
    """
    return str(read_config(folder)[_SEAL])


def _require_replaceable(folder: Path) -> None:
    """Refuse to replace what is not, plainly, an older model or an empty folder."""
    if not folder.exists():
        return
    entries = list(folder.iterdir()) if folder.is_dir() else [folder]
    model = {CONFIG, WEIGHTS} <= {entry.name for entry in entries}
    if entries and not (model and all(entry.is_file() for entry in entries)):
        raise InputError(
            "exists and is not a model folder",
            file=folder,
            remedy="Choose another name, or remove it.",
        )


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_constant(text)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")

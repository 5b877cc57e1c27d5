"""Checks on a model folder from anywhere, made before anything in it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.errors import InputError, shorten

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

RETRAIN = "Get a fresh copy of the model, or train it again."

_FOLDERS_ONLY = "graphkit opens model folders (config.json and model.safetensors) only."
# A header names each tensor in about a hundred bytes.
_MAX_HEADER_BYTES = 4_000_000
_DTYPES = {"bool", "uint8", "int8", "int16", "int32", "int64"}
_DTYPES |= {"float16", "bfloat16", "float32", "float64"}


def find_member(folder: Path, name: str) -> Path:
    """Return the path of a file in a model folder.

    Parameters
    ----------
    folder
        What should be a model folder.
    name
        The file's name.

    Raises
    ------
    InputError
        There is no such folder or file; the error says what is there instead.
    """
    path = folder / name
    try:
        if not folder.exists():
            raise InputError("no such model folder", file=folder)
        if not folder.is_dir():
            what = _archive(folder) or "a file"
            raise InputError(f"is {what}, not a model folder", file=folder, remedy=_FOLDERS_ONLY)
        if not path.is_file():
            raise InputError(f"holds no file {name}", file=folder, remedy=_FOLDERS_ONLY)
    except OSError as error:
        raise unreadable(folder, error) from error
    return path


def require_safetensors(path: Path) -> None:
    """Refuse a file that cannot be safetensors by its first bytes.

    Parameters
    ----------
    path
        The file; it is never opened with what may have written it.

    Raises
    ------
    InputError
        It is a pickle, a torch archive, or shorter than the header it declares.
    """
    archive = _archive(path)
    if archive is not None:
        raise InputError(f"is {archive}, not safetensors", file=path, remedy=_FOLDERS_ONLY)
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
    if length > _MAX_HEADER_BYTES or length + 8 > path.stat().st_size:
        raise InputError("is not a safetensors file, or was cut short", file=path, remedy=RETRAIN)


def _archive(path: Path) -> str | None:
    """Name the kind of archive that could run code when loaded, if it is one."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        start = file.read(9)
    if start.startswith(b"PK"):
        return "a zip archive (torch.save writes them)"
    # A pickle begins with 0x80 and its protocol; so may the length of a safetensors header, which
    # takes eight bytes and has the header's brace after it.
    if start[:1] == b"\x80" and start[1:2] <= b"\x05" and start[8:] != b"{":
        return "a pickle"
    return None


def require_finite(name: str, tensor: Tensor, *, file: Path) -> None:
    """Refuse a tensor that holds NaN, infinity, or numbers of an unusual kind.

    Parameters
    ----------
    name
        What the error calls it.
    tensor
        Any shape.
    file
        Where it comes from.
    """
    if _dtype(tensor) not in _DTYPES:
        raise InputError(
            f"holds {_dtype(tensor)} numbers",
            file=file,
            slot=shorten(name),
            remedy=RETRAIN,
        )
    if not tensor.is_floating_point() or not tensor.numel():
        return
    # The two extremes are NaN or infinite if any number is, and take no memory.
    if not all(extreme.isfinite() for extreme in tensor.aminmax()):
        raise InputError(
            "holds numbers that are not finite", file=file, slot=shorten(name), remedy=RETRAIN
        )


def unreadable(path: Path, error: OSError) -> InputError:
    """Return what to raise when the system does not let a file be read."""
    return InputError(f"cannot be read: {error.strerror or error}", file=path)


def check_tensors(
    expected: Mapping[str, Tensor], tensors: Mapping[str, Tensor], *, file: str | Path
) -> None:
    """Refuse weights that are not those a model needs.

    Parameters
    ----------
    expected
        Tensors of the right shape and kind by name, such as those of a network without memory.
    tensors
        What was read.
    file
        Where it came from, for the error.

    Raises
    ------
    InputError
        A tensor is missing, unknown, of another shape or kind, or a variance below 0.

    Examples
    --------
    >>> import torch
    >>> check_tensors({"w": torch.zeros(2, 3)}, {"w": torch.zeros(3, 2)}, file="model")
    Traceback (most recent call last):
    graphkit.errors.InputError: model: the weights do not fit the configuration: w is 3 x 2, ...
    """
    problems = [f"{shorten(name)} is missing" for name in sorted(expected.keys() - tensors.keys())]
    problems += [f"{shorten(name)} is unknown" for name in sorted(tensors.keys() - expected.keys())]
    problems += [
        f"{shorten(name)} is {problem}"
        for name, wanted in expected.items()
        if name in tensors and (problem := _misfit(name, tensors[name], wanted))
    ]
    if problems:
        more = f" and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise InputError(
            f"the weights do not fit the configuration: {', '.join(problems[:3])}{more}",
            file=file,
            remedy=RETRAIN,
        )


def _misfit(name: str, tensor: Tensor, wanted: Tensor) -> str | None:
    if tensor.shape != wanted.shape:
        return f"{_times(tensor.shape)}, not {_times(wanted.shape)}"
    if tensor.dtype != wanted.dtype:
        return f"{_dtype(tensor)}, not {_dtype(wanted)}"
    if name.endswith("running_var") and tensor.numel() and tensor.min() < 0:
        return "a variance below 0"
    return None


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _times(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "a scalar"

"""Record how a result was made, for tables, AnnData and pages."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from importlib import metadata
from typing import Any

from graphkit.version import __version__


def _versions() -> dict[str, str]:
    libraries = {name: metadata.version(name) for name in ("numpy", "torch")}
    return {"graphkit": __version__, "Python": platform.python_version(), **libraries}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Origin of a result.

    Parameters
    ----------
    verb
        What made it.
    params
        All that was asked for.
    seed
        Of everything random; None where nothing was.
    model_sha256
        Of the model that was applied or written: ``config_sha256`` of its ``config.json``, which
        covers its weights; None where there was none.
    input
        Name of what was read, without its folder.
    versions
        Of graphkit and what it computes with.

    Examples
    --------
    >>> origin = Origin(verb="localize", params={"uncertain": 0.6, "ids": None}, input="x.fa")
    >>> told = origin.as_dict()
    >>> told["params"], told["input"], "seed" in told
    ({'uncertain': 0.6}, 'x.fa', False)
    """

    verb: str
    params: Mapping[str, Any]
    seed: int | None = None
    model_sha256: str | None = None
    input: str | None = None
    versions: Mapping[str, str] = field(default_factory=_versions)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON and for files of AnnData: what is None is left out."""
        return {name: _plain(v) for name, v in asdict(self).items() if v is not None}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if type(value) in (bool, int, float, str) else str(value)

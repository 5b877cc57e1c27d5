"""Messages of the package in the words of the command line: options where it names arguments."""

from __future__ import annotations

import ast
import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphkit.errors import InputError

LAYER = re.compile(r"pass layer=('[^']*'|\"[^\"]*\")")
RENAME = re.compile(r"pass rename=(\{[^}]*\})(?: to read_labelled)?")
# Python that does what the words before it say; those alone are for the command line.
CODE = re.compile(r": s?adata[.\[].*$| \((?:del )?s?adata\.[^)]*\)")
WORDS = {
    "pass layer=None": "leave out --layer",
    "pass adata.raw.to_adata()": "make them X of a table of their own",
    "pass a table of lines": "give --labels with lines",
    "skip=True": "--on-error skip",
    "with positions": "with --positions",
}
BIN = re.compile(r"bin_size=(\d+)")
KEYS = re.compile(r"\bwith (spatial|library|batch)_key(?:=('[^']*'|\"[^\"]*\"))?")
_SAME = ("n_domains", "n_clusters", "n_modules", "members", "method", "min_counts", "use_rep")
OPTIONS = {
    **{name: f"--{name.replace('_', '-')}" for name in _SAME},
    "n_spots": "--spots",
    "length": "--shortest",
}


def in_options(text: str) -> str:
    """Return a remedy or a warning that names options where it named arguments.

    Examples
    --------
    >>> in_options("Raw counts are in layers['umi']: pass layer='umi'.")
    "Raw counts are in layers['umi']: give --layer umi."
    >>> in_options("Put sections apart with library_key.")
    'Put sections apart with --library-key.'
    >>> in_options("Use unique names: adata.var_names_make_unique().")
    'Use unique names.'
    >>> in_options("Tell them apart with library_key='slice'.")
    'Tell them apart with --library-key slice.'
    """
    text = LAYER.sub(lambda found: f"give --layer {shlex.quote(ast.literal_eval(found[1]))}", text)
    text = BIN.sub(r"--bin \1", text)
    text = RENAME.sub(lambda found: f"add {_map_labels(found[1])}", text)
    for argument, option in WORDS.items():
        text = text.replace(argument, option)
    text = CODE.sub(lambda found: "." if found[0].startswith(":") else "", text)
    return KEYS.sub(_key_option, text)


def _key_option(found: re.Match[str]) -> str:
    value = "" if found[2] is None else f" {shlex.quote(ast.literal_eval(found[2]))}"
    return f"with --{found[1]}-key{value}"


def _map_labels(pairs: str) -> str:
    each = ast.literal_eval(pairs).items()
    return " ".join(f"--map-labels {shlex.quote(f'{old}={new}')}" for old, new in each)


def reworded(error: InputError) -> InputError:
    """Return an error that names options where it named arguments."""
    remedy = None if error.remedy is None else in_options(error.remedy)
    return error.at(slot=option_of(error.slot), remedy=remedy)


def option_of(slot: str | None) -> str | None:
    """Return the option that sets an argument; slots of the table stay what they are.

    Examples
    --------
    >>> option_of("n_domains"), option_of("obs['domain']"), option_of(None)
    ('--n-domains', "obs['domain']", None)
    """
    return slot if slot is None else OPTIONS.get(slot, slot)

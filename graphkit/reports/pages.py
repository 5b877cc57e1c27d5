"""Render pages from templates; each says how it was made."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar

from graphkit.errors import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from jinja2 import Template

    from graphkit.evaluation import Interval
    from graphkit.origin import Origin

Row = TypeVar("Row")
FEWEST_DIGITS = ".3g"


def render(name: str, *, origin: Origin, **values: Any) -> str:
    """Return a page.

    Parameters
    ----------
    name
        As in :func:`template`.
    origin
        How the result was made: the foot of the page.
    values
        What the template names.
    """
    today = datetime.now(UTC).date().isoformat()
    return template(name).render(made=origin, today=today, **values)


@cache
def template(name: str) -> Template:
    """Return the template `name`, everything in it escaped but what is marked safe.

    Parameters
    ----------
    name
        A file of the folder ``templates``.
    """
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_text),
    )
    environment.filters |= {
        "bracketed": bracketed,
        "digits": digits,
        "number": number,
        "printable": printable,
        "signed": signed,
    }
    return environment.get_template(name)


def _text(name: str) -> str:
    return resources.files("graphkit.reports").joinpath("templates", name).read_text("utf-8")


def places(rows: Sequence[Row], keys: Mapping[str, Callable[[Row], Any]]) -> list[str]:
    """Return the place of each row in each order, as CSS variables: links order rows by them.

    Parameters
    ----------
    rows
        In the order of the input.
    keys
        What to order by, the smallest first; rows where it is None stand last.

    Examples
    --------
    >>> places([1.0, None, 3.0], {"highest": lambda row: row and -row})
    ['--highest: 2; ', '--highest: 3; ', '--highest: 1; ']
    """
    styles = [""] * len(rows)
    for name, key in keys.items():
        found = [key(row) for row in rows]
        there = [i for i, one in enumerate(found) if one is not None]
        missing = [i for i, one in enumerate(found) if one is None]
        ranked = [*sorted(there, key=found.__getitem__), *missing]
        for place, index in enumerate(ranked, start=1):
            styles[index] += f"--{name}: {place}; "
    return styles


def number(value: float | None) -> str:
    """Return a measured number for a reader; a dash where there is none.

    Examples
    --------
    >>> number(0.123456), number(1880.4)
    ('0.123', '1,880')
    """
    if value is None or math.isnan(value):
        return "\N{EN DASH}"
    text = format(value, ",.0f" if abs(value) >= 1000 else FEWEST_DIGITS)
    return text.replace("-", "\N{MINUS SIGN}")


def signed(value: float) -> str:
    """Return a number with three digits and its sign, never in powers of ten.

    Examples
    --------
    >>> signed(0.01234), signed(1880.4), signed(0.0)
    ('+0.0123', '+1,880', '0')
    """
    if not value:
        return "0"
    decimals = min(max(2 - math.floor(math.log10(abs(value))), 0), 6)
    return format(value, f"+,.{decimals}f").replace("-", "\N{MINUS SIGN}")


def inline_svg(path: Path) -> str:
    """Return a picture as it stands inside an HTML page: from its first tag on.

    Parameters
    ----------
    path
        An SVG drawn by this package; nothing in it comes from a header unescaped.
    """
    text = path.read_text("utf-8")
    return text[text.index("<svg") :]


def bracketed(interval: Interval) -> str:
    """Write an estimate and its interval.

    Examples
    --------
    >>> from graphkit.evaluation import Interval
    >>> bracketed(Interval(0.01, -0.052, 0.07))
    '0.010 [-0.052, 0.070]'
    """
    return f"{digits(interval.estimate)} [{digits(interval.lower)}, {digits(interval.upper)}]"


def digits(value: float | None) -> str:
    """Write a score with three digits, and what is none as a dash.

    Examples
    --------
    >>> digits(0.6666), digits(-0.0001), digits(None), digits(float("nan"))
    ('0.667', '0.000', '-', '-')
    """
    # Adding zero turns the minus zero of rounding into zero.
    return "-" if value is None or not math.isfinite(value) else f"{round(value, 3) + 0.0:.3f}"

"""Figures without a window: made by the object interface, saved whole or not at all."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

from graphkit.errors import InputError
from graphkit.files import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

FORMATS = ("png", "svg", "pdf")
"""What figures can be saved as."""

# The date and the program's version would make the bytes differ; each format has its own keys.
_METADATA: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure, inches, that lays itself out.

    It is no figure of pyplot: nothing keeps it alive, and no window or backend is involved.
    """
    return Figure(figsize=(width, height), layout="constrained")


def axes_or_new(ax: Axes | None, *, width: float, height: float) -> Axes:
    """Return `ax`, or the only axes of a new figure."""
    return new_figure(width, height).add_subplot() if ax is None else ax


def clean(ax: Axes) -> None:
    """Leave the two axes that carry numbers."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=8)


def save_figure(figure: Figure, path: Path, *, dpi: int = 200) -> None:
    """Save a figure by the ending of its file: .png, .svg or .pdf.

    The same figure gives the same bytes. Text in SVG stays text.

    Parameters
    ----------
    figure
        From any function here: ``axes.figure`` where it returns axes.
    path
        In an existing folder.
    dpi
        Dots per inch of a PNG.

    Raises
    ------
    InputError
        If the ending is none of these.
    """
    ending = path.suffix.lower().lstrip(".")
    if ending not in FORMATS:
        raise InputError(
            f"cannot save a figure as {path.suffix or 'a file without ending'}",
            file=path,
            remedy=f"Use {', '.join('.' + name for name in FORMATS)}.",
        )
    settings = {"svg.hashsalt": "graphkit", "svg.fonttype": "none", "pdf.fonttype": 42}
    with mpl.rc_context(settings), atomic_write(path) as file:
        figure.savefig(file, format=ending, dpi=dpi, metadata=_METADATA[ending])


def embedded(figure: Figure, *, dpi: int = 110) -> str:
    """Return a figure as the address of a PNG that holds it: for pages of one file."""
    file = BytesIO()
    figure.savefig(file, format="png", dpi=dpi, metadata=_METADATA["png"])
    return f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"

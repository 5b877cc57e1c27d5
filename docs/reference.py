"""Write the API reference: one HTML page per room, from the docstrings.

python docs/reference.py [FOLDER]
"""

import sys
import warnings
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pdoc
import pdoc.render

import graphkit


def modules():
    """Return graphkit and its public rooms, every lazily loaded name present."""
    names = [f"graphkit.{m.name}" for m in iter_modules(graphkit.__path__) if m.name != "cli"]
    rooms = [import_module(name) for name in ["graphkit", *sorted(names)]]
    for room in rooms:
        # pdoc looks only at what a module holds, and some names are loaded on first use.
        for name in getattr(room, "__all__", ()):
            setattr(room, name, getattr(room, name))
    return rooms


def main(folder):
    # Types imported for the checker alone are shown as they are written, without a link.
    warnings.filterwarnings("ignore", message=r"(?s)Error parsing type annotation")
    pdoc.render.configure(docformat="numpy", footer_text=f"graphkit {graphkit.__version__}")
    pdoc.pdoc(*(room.__name__ for room in modules()), output_directory=folder)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "out/docs"))

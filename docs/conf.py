"""Sphinx: how the site is built (``make docs``), offline and with warnings as errors."""

import os
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import measured  # noqa: E402

import graphkit  # noqa: E402

metadata = tomllib.loads((HERE.parent / "pyproject.toml").read_text("utf-8"))["project"]
project, release = "graphkit", metadata["version"]
author = "the graphkit authors"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

# Tutorials run where they are asked for (make docs); elsewhere their pages have no outputs.
nb_execution_mode = "force" if os.environ.get("GRAPHKIT_DOCS_RUN") == "1" else "off"
nb_execution_timeout = 600
nb_execution_raise_on_error = True
nb_output_stderr = "remove"
nb_ipywidgets_js = {}  # or each page asks the network for require.js

autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_preserve_defaults = True
napoleon_google_docstring = False

# Other projects' inventories lie on the network.
intersphinx_mapping = (
    {
        "anndata": ("https://anndata.readthedocs.io/en/stable/", None),
        "pyg": ("https://pytorch-geometric.readthedocs.io/en/latest/", None),
        "scanpy": ("https://scanpy.readthedocs.io/en/stable/", None),
        "sklearn": ("https://scikit-learn.org/stable/", None),
    }
    if os.environ.get("GRAPHKIT_DOCS_ONLINE") == "1"
    else {}
)

suppress_warnings = [
    "myst-nb.lexer",  # of cells that were not run
    "ref.python",  # of q, pixels: attributes of several classes share a name
]
templates_path = ["_templates"]
autosummary_ignore_module_all = False
# What a room offers is described there; on the page of graphkit stands what is its own.
ROOMS = [
    import_module(f"graphkit.{module.name}")
    for module in iter_modules(graphkit.__path__)
    if module.name not in {"__main__", "cli", "web"}
]
offered = {name for room in ROOMS for name in getattr(room, "__all__", vars(room))}
autosummary_context = {"verbs": sorted(set(graphkit.__all__) - offered - set(vars(graphkit)))}
html_theme = "furo"
html_title = f"graphkit {release}"
html_static_path = ["_static"]
html_show_sphinx = False


class Measured(SphinxDirective):
    """Show a table of ``measured.py``, made of the benchmarks' JSON as the site is built."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        for written in measured.BENCHMARKS.glob("*.json"):
            self.env.note_dependency(str(written))
        return self.parse_text_to_nodes(getattr(measured, self.arguments[0])())


def skip_member(_app, what, name, member, skip, _options):
    """Leave out what other packages describe, and what scikit-learn adds for routing."""
    routing = name.startswith("set_") and name.endswith("_request")
    ours = getattr(member, "__module__", None) or "graphkit"
    return True if routing or (what == "module" and not ours.startswith("graphkit")) else skip


def setup(app):
    app.add_directive("measured", Measured)
    app.connect("autodoc-skip-member", skip_member)

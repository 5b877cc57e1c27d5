import subprocess
import sys
from pathlib import Path
from typing import Annotated, get_args, get_origin

import pytest

from graphkit.cli import spatial_options

SHARED = ("Source", "Result", "Figure", "Photograph", "Layer", "SpatialKey", "LibraryKey", "Seed")


@pytest.mark.parametrize("name", SHARED)
def test_every_option_says_what_it_is_for(name):
    option = getattr(spatial_options, name)
    assert get_origin(option) is Annotated
    assert get_args(option)[1].help


@pytest.mark.parametrize("verb", ["denoise", "domains", "modules"])
def test_all_verbs_have_them(run, verb):
    text = run(verb, "--help").stdout
    for option in ("--output", "--figure", "--layer", "--spatial-key", "--library-key", "--seed"):
        assert option in text
    for option in ("--device", "--threads"):
        assert option in text


def test_paths_are_paths():
    assert get_args(spatial_options.Source)[0] is Path


@pytest.mark.parametrize("verb", ["denoise", "domains", "modules", "rank-genes"])
def test_help_imports_nothing_heavy_and_has_an_example(verb):
    code = (
        "import sys; from graphkit.cli.main import app\n"
        f"try: app([{verb!r}, '--help'])\n"
        "except SystemExit as end: status = end.code\n"
        "names = {'torch', 'anndata', 'scanpy', 'pandas', 'scipy', 'matplotlib'}\n"
        "heavy = names & set(sys.modules)\n"
        "sys.exit(status or (str(heavy) if heavy else 0))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"graphkit {verb} " in done.stdout

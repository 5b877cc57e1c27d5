"""Shared options mean the same in every verb that has them."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated, get_args, get_origin

import pytest
import typer
from typer.testing import CliRunner

from graphkit.cli.terminal import options
from graphkit.cli.terminal.options import Device, OnError, Threads
from graphkit.tasks.localize.predictions import OnError as ModelsOnError

SHARED = ("Source", "Result", "Figure", "Photograph", "Layer", "SpatialKey", "LibraryKey", "Seed")


@pytest.fixture
def verb():
    """A command with nothing but the shared options, which prints them."""
    app = typer.Typer()

    @app.command()
    def show(
        device: Device = "auto", threads: Threads = None, on_error: OnError = OnError.SKIP
    ) -> None:
        typer.echo((device, threads, on_error.value))

    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_what_is_given_arrives(verb):
    assert verb().stdout == "('auto', None, 'skip')\n"
    given = verb("--device", "cuda:1", "--threads", "3", "--on-error", "fail")
    assert given.stdout == "('cuda:1', 3, 'fail')\n"


@pytest.mark.parametrize(
    "wrong", [("--threads", "0"), ("--threads", "1025"), ("--on-error", "ignore")]
)
def test_what_makes_no_sense_is_refused(verb, wrong):
    assert verb(*wrong).exit_code == 2


def test_the_model_knows_the_same_words():
    assert {choice.value for choice in OnError} == set(get_args(ModelsOnError))


@pytest.mark.parametrize("name", SHARED)
def test_every_option_says_what_it_is_for(name):
    option = getattr(options, name)
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
    assert get_args(options.Source)[0] is Path


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

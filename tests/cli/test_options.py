"""Shared options mean the same in every verb that has them."""

from typing import get_args

import pytest
import typer
from typer.testing import CliRunner

from graphkit.cli.options import Device, OnError, Threads
from graphkit.methods.prediction import OnError as ModelsOnError


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

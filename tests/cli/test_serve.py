"""``graphkit serve``: what it is opened with, and what it refuses."""

import pytest

from graphkit.web.limits import LOCAL, PUBLIC

EVERYWHERE = "0.0.0.0"  # noqa: S104


@pytest.fixture
def served(monkeypatch):
    """What the server would be started with."""
    calls = []

    def fake(settings, *, host, port, tell):
        calls.append((settings, host, port))
        tell("http://localhost/")

    monkeypatch.setattr("graphkit.web.server._run", fake)
    return calls


def test_it_is_for_this_machine_unless_it_is_asked_otherwise(run, served):
    done = run("serve")
    assert done.exit_code == 0, done.stderr
    settings, host, port = served[0]
    assert (settings.limits, settings.model, settings.hosts) == (LOCAL, "lncloc", ())
    assert (host, port) == ("127.0.0.1", 8000)
    assert "http://localhost/" in done.stderr
    assert done.stdout == ""


def test_public_means_the_caps_for_strangers(run, served, monkeypatch, root):
    monkeypatch.setenv("GRAPHKIT_LIMIT_QUEUE", "3")
    done = run(
        *("serve", "--public", "--host", EVERYWHERE, "--name", "lnc.example.org"),
        *("--limit", "seconds=9", "--transcripts", root / "data/mouse_lincrnas.fasta"),
        *("--open", root / "data/simulated_tissue.h5ad", "--port", 0),
    )
    assert done.exit_code == 0, done.stderr
    settings = served[0][0]
    assert settings.limits.sequences == PUBLIC.sequences
    assert (settings.limits.queue, settings.limits.seconds) == (3, 9)
    assert settings.hosts == ("lnc.example.org",)
    assert settings.transcripts.name == "mouse_lincrnas.fasta"
    assert settings.opened.name == "simulated_tissue.h5ad"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--host", EVERYWHERE], "--name"),
        (["--limit", "nothing=1"], "There are sequences, letters"),
        (["--open", "nothing.h5ad"], "--open: no such file"),
        (["--transcripts", "nothing.fa"], "--transcripts: no such file"),
    ],
)
def test_what_makes_no_sense_is_refused(run, served, options, words):
    refused = run("serve", *options)
    assert refused.exit_code == 2
    assert words in refused.stderr
    assert not served


def test_without_its_libraries_it_says_what_to_install(run, served, monkeypatch):
    monkeypatch.setattr("graphkit.web.server.find_spec", lambda name: None)
    refused = run("serve")
    assert refused.exit_code == 2
    assert "pip install 'graphkit-bio[web]'" in refused.stderr

"""How runs end: in a process of their own, since that is what a shell sees."""

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import graphkit
from graphkit.cli import main

FAKE = [sys.executable, str(Path(__file__).with_name("fake_graphkit.py"))]
RECORD = b">r\nACGUUGCAUGCUAGCAUCGGAUCGAUCGUACGUAGCUAGC\n"
SECONDS = 60


@contextlib.contextmanager
def start(*arguments, seconds=SECONDS, **more):
    """Start the program; it is killed after some time, so that reading from it comes to an end."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE) | more
    # A test run in the background ignores SIGINT, and so would its children.
    interruptible = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    process = subprocess.Popen([*FAKE, *map(str, arguments)], bufsize=0, **pipes, **interruptible)
    watchdog = threading.Timer(seconds, process.kill)
    watchdog.start()
    try:
        with process:
            yield process
    finally:
        watchdog.cancel()


def feed(process, *, n):
    """Write `n` records from a thread, until nobody reads."""

    def write():
        with contextlib.suppress(OSError):
            for _ in range(n // 1_000):
                process.stdin.write(RECORD * 1_000)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize(
    "arguments", [["--help"], ["localize", "--help"], ["train", "--help"], ["denoise", "--help"]]
)
def test_help_imports_nothing_heavy(arguments):
    code = (
        "import sys; from graphkit.cli.main import app\n"
        f"try: app({arguments!r})\n"
        "except SystemExit as end: status = end.code\n"
        "heavy = {'torch', 'pandas', 'lightning', 'gensim', 'jinja2'} & set(sys.modules)\n"
        "sys.exit(status or (str(heavy) if heavy else 0))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Example" in done.stdout


def test_localize_imports_no_more_than_it_uses(fasta):
    source = fasta(">a\n" + "ACGUUGCA" * 9 + "\n")
    code = (
        "import sys; from graphkit.cli.main import app\n"
        f"try: app(['localize', {str(source)!r}])\n"
        "except SystemExit as end: status = end.code\n"
        "heavy = {'torch_geometric', 'sklearn', 'scipy', 'pandas', 'lightning', 'sympy'}\n"
        "heavy &= set(sys.modules)\n"
        "sys.exit(status or (str(heavy) if heavy else 0))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "outside_domain" in done.stdout


def verbs():
    """Yield the words that lead to each verb, and its command."""
    for name in main.VERBS:
        command = main.load(name)
        for inner, one in getattr(command, "commands", {}).items():
            yield (name, inner), one
        if not hasattr(command, "commands"):
            yield (name,), command


COMMANDS = dict(verbs())
VERBS = list(COMMANDS)


def test_these_are_the_verbs():
    assert {" ".join(names) for names in VERBS} == {
        "localize",
        "explain",
        "motifs",
        "embed",
        "nearest",
        "train",
        "evaluate",
        "crossval",
        "denoise",
        "domains",
        "modules",
        "rank-genes",
        "cluster",
        "annotate",
        "check-labels",
        "view",
        "serve",
        "simulate transcripts",
        "simulate tissue",
        "simulate cells",
        "models",
        "env",
    }


@pytest.mark.parametrize("names", VERBS, ids=" ".join)
def test_every_verb_is_a_function_of_the_package(names):
    name = "_".join(names).replace("-", "_")
    # Rooms have the names of things: what is found in one is motifs, the verb is find_motifs.
    found = [getattr(graphkit, each) for each in (f"find_{name}", name) if each in dir(graphkit)]
    assert callable(found[0])


@pytest.mark.parametrize("names", VERBS, ids=" ".join)
def test_every_verb_has_an_example(run, names):
    result = run(*names, "--help")
    assert result.exit_code == 0
    _, found, examples = result.stdout.partition("Example")
    assert found
    assert f"graphkit {' '.join(names)}" in examples


@pytest.mark.parametrize("names", VERBS, ids=" ".join)
def test_every_example_is_made_of_options_that_exist(run, names):
    text = run(*names, "--help").stdout.partition("Example")[2]
    called = f"graphkit {' '.join(names)} "
    known = {option for one in options_of(*names) for option in (*one.opts, *one.secondary_opts)}
    for line in text.splitlines():
        _, _, arguments = line.partition(called)
        used = {word for word in arguments.split() if word.startswith("-") and word != "-"}
        assert used <= known, line


@pytest.mark.parametrize("verb", ["denoise", "domains", "modules", "rank-genes"])
def test_verbs_for_spots_share_their_options(verb):
    shared = {"--layer", "--spatial-key", "--library-key", "--seed", "--device", "--threads"}
    assert shared <= {option for one in options_of(verb) for option in one.opts}


def options_of(*names):
    return COMMANDS[names].params


@pytest.mark.parametrize("verb", main.VERBS)
def test_the_list_of_verbs_says_of_each_what_its_own_help_says(verb):
    first, *others = main.load(verb).help.split("\n\n")
    assert main.VERBS[verb] == first
    assert not any("\n" in paragraph for paragraph in others)  # the terminal breaks lines


def test_version(run):
    assert run("--version").stdout.startswith("graphkit ")


@pytest.mark.parametrize(
    "arguments", [["localise"], ["localize"], ["localize", "x", "--format", "x"]]
)
def test_usage_errors(run, arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr


def test_a_bug_keeps_its_traceback(run, model, fasta):
    model.predict_each = lambda *_, **__: 1 / 0
    assert isinstance(run("localize", fasta(RECORD)).exception, ZeroDivisionError)


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (KeyboardInterrupt(), 130, "Interrupted."),
        (MemoryError(), 2, "Error: not enough memory"),
        (OSError(5, "Input/output error", "x.fa"), 2, "Error: x.fa: Input/output error"),
        (BrokenPipeError(), 141, ""),
    ],
)
def test_ends(run, model, fasta, error, status, message):
    def end(*_, **__):
        raise error

    model.predict_each = end
    result = run("localize", fasta(RECORD))
    assert result.exit_code == status
    assert result.stderr.strip() == message


def test_output_starts_before_the_input_ends():
    with start("localize", "-") as process:
        process.stdin.write(RECORD * 3)
        assert process.stdout.readline().startswith(b"id\t")
        assert process.stdout.readline().startswith(b"r\t")
        out, _ = process.communicate(RECORD, timeout=SECONDS)
    assert process.returncode == 0
    assert out.count(b"\n") == 3


def test_a_reader_that_leaves_is_no_error():
    with start("localize", "-") as process:
        writing = feed(process, n=50_000)
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(SECONDS) == 141
        writing.join(SECONDS)
        assert process.stderr.read() == b""


def test_a_full_standard_output():
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("wb") as full, start("localize", "-", stdout=full) as process:
        _, stderr = process.communicate(RECORD, timeout=SECONDS)
    assert process.returncode == 2
    assert b"standard output: cannot be written: No space left" in stderr
    assert stderr.count(b"\n") == 1


@pytest.mark.parametrize("closed", [[0], [1], [2], [1, 2], [0, 1, 2]])
def test_closed_standard_streams_are_no_error(closed, tmp_path):
    def run(*arguments):
        close = " ".join(f"{number}>&-" for number in closed)
        line = shlex.join([*FAKE, *map(str, arguments)])
        return subprocess.run(
            f"{line} {close}", shell=True, capture_output=True, timeout=SECONDS, check=False
        )

    fasta, table = tmp_path / "m.fa", tmp_path / "out.tsv"
    fasta.write_bytes(RECORD)
    shown = run("localize", fasta)
    assert shown.returncode == 0
    assert shown.stdout.startswith(b"" if 1 in closed else b"id\t")
    assert b"Traceback" not in shown.stderr
    assert run("localize", fasta, "-o", table).returncode == 0
    assert table.read_bytes().startswith(b"id\t")
    missing = run("localize", tmp_path / "none.fa")
    assert missing.returncode == 2
    assert missing.stderr.count(b"\n") == (2 not in closed)
    unread = run("localize", "-")
    assert unread.returncode == 2
    assert b"Traceback" not in unread.stderr


@pytest.mark.parametrize(
    ("numbers", "status"),
    [([signal.SIGTERM], 143), ([signal.SIGTERM] * 2, 143), ([signal.SIGINT], 130)],
    ids=["TERM", "TERM twice", "INT"],
)
def test_a_signal_in_writing_leaves_nothing(tmp_path, numbers, status):
    with start("localize", "-", "-o", tmp_path / "out.tsv") as process:
        process.stdin.write(RECORD * 5)
        deadline = time.monotonic() + SECONDS
        while not list(tmp_path.iterdir()):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        for number in numbers:
            process.send_signal(number)
        assert process.wait(SECONDS) == status
        assert b"Traceback" not in process.stderr.read()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_memory_does_not_grow_with_the_records(tmp_path):
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not tell the peak of one process")

    def peak(n):
        arguments = ["localize", "-", "-o", tmp_path / "o", "--report", tmp_path / "r"]
        told = {"env": {**os.environ, "GRAPHKIT_TELL_PEAK": "yes"}}
        with start(*arguments, seconds=10 * SECONDS, **told) as process:
            feed(process, n=n).join()
            process.stdin.close()
            stderr = process.stderr.read().decode()
            assert process.wait() == 0
        return int(re.search(r"VmHWM:\s*(\d+) kB", stderr)[1])

    few = peak(5_000)
    assert peak(200_000) < few + 100_000


def test_help_takes_the_name_of_a_verb(run):
    assert run("help", "cluster").output == run("cluster", "--help").output
    assert run("help").output == run("--help").output
    assert run("help", "nonsense").exit_code == 2


@pytest.mark.parametrize(
    ("typed", "offered"), [("loc", "localize"), ("domains --n-", "--n-domains")]
)
def test_a_shell_completes_verbs_and_their_options(typed, offered):
    words = f"graphkit {typed}"
    asked = {
        "_GRAPHKIT_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    told = subprocess.run(
        [Path(sys.executable).with_name("graphkit")],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
    )
    assert told.stdout.split() == [offered]

"""The rules of the house, as tests."""

import importlib
import os
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "graphkit"
MAX_LINES = 350
MODULES = sorted(PACKAGE.rglob("*.py"))

# Written apart, so that this file passes its own test.
FORBIDDEN = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "/wor" + "k/", "/tm" + "p/", "/hom" + "e/"]
TEXT_SUFFIXES = {
    ".py",
    ".pyi",
    ".md",
    ".toml",
    ".txt",
    ".yaml",
    ".html",
    ".jinja",
    ".json",
    ".cfg",
    "",
}
HEAVY = [
    "torch",
    "torch_geometric",
    "lightning",
    "numpy",
    "pandas",
    "scipy",
    "sklearn",
    "gensim",
    "starlette",
    "jinja2",
]
TEXT_FOLDERS = ["graphkit", "tests", "benchmarks", "examples", "data", "docs", ".ci"]


def relative(path):
    return path.relative_to(ROOT).as_posix()


def run(*arguments, **keywords):
    return subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, **keywords)


def test_layers_and_rooms(tmp_path):
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    result = run(sys.executable, "-c", code, "--no-logo", "--cache-dir", str(tmp_path))
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.search(r"Contracts: [1-9]\d* kept, 0 broken", result.stdout)


def test_ruff():
    check = run(sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise", ".")
    assert check.returncode == 0, check.stdout + check.stderr
    layout = run(sys.executable, "-m", "ruff", "format", "--no-cache", "--check", ".")
    assert layout.returncode == 0, layout.stdout + layout.stderr


def test_mypy():
    result = run(sys.executable, "-m", "mypy")
    assert result.returncode == 0, result.stdout + result.stderr


def command_line(argument):
    return (
        f"import sys; sys.argv[1:] = [{argument!r}]\n"
        "from graphkit.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "else: pass"
    )


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [
        ("import graphkit", ["torch", "pandas", "scipy", "sklearn", "gensim", "typer"]),
        ("import graphkit.sequences, graphkit.datasets", ["torch", "pandas", "scipy", "typer"]),
        ("from graphkit import denoise, find_domains, find_modules, rank_genes", ["scanpy"]),
        (command_line("--help"), HEAVY),
        (command_line("models"), HEAVY),
    ],
    ids=[
        "import graphkit",
        "text rooms",
        "verbs for tissues",
        "graphkit --help",
        "graphkit models",
    ],
)
def test_starts_without_heavy_libraries(statement, heavy):
    code = f"{statement}\nimport sys\nprint('loaded:', [m for m in {heavy!r} if m in sys.modules])"
    result = run(sys.executable, "-c", code)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "loaded: []"


@pytest.mark.parametrize("stub", sorted(PACKAGE.rglob("__init__.pyi")), ids=relative)
def test_every_public_name_is_there(stub):
    room = importlib.import_module(relative(stub.parent).replace("/", "."))
    assert room.__all__
    assert [name for name in room.__all__ if not hasattr(room, name)] == []


def test_console_script_answers():
    # Found beside the interpreter, as in a virtual environment that is not activated.
    script = Path(sys.executable).with_name("graphkit")
    result = run(script, "--help", env={**os.environ, "COLUMNS": "100"})
    assert result.returncode == 0, result.stderr
    verbs = (
        "localize explain motifs embed nearest train evaluate crossval denoise domains modules"
        " rank-genes"
    )
    for verb in [*verbs.split(), "serve", "simulate", "models", "env"]:
        assert re.search(rf"^\W*{verb}\s", result.stdout, re.MULTILINE), verb


def test_files_are_short():
    lengths = [(len(path.read_text("utf-8").splitlines()), relative(path)) for path in MODULES]
    assert [f"{name}: {n} lines" for n, name in lengths if n > MAX_LINES] == []


def test_tests_mirror_the_package():
    mirrored = {
        path: ROOT / "tests" / path.relative_to(PACKAGE).with_name(f"test_{path.name}")
        for path in MODULES
        if not path.name.startswith("__")
    }
    missing = [relative(test) for test in mirrored.values() if not test.is_file()]
    assert not missing, "no such test:\n" + "\n".join(missing)


def test_no_test_folder_is_a_package():
    assert not list(ROOT.glob("tests/**/__init__.py"))


def test_no_words_that_belong_elsewhere():
    files = [path for folder in TEXT_FOLDERS for path in (ROOT / folder).rglob("*")]
    files += list(ROOT.glob("*"))
    found = [
        f"{relative(path)}:{number}: {word}"
        for path in files
        if path.is_file()
        and path.suffix in TEXT_SUFFIXES
        and path.name not in {".coverage", ".git"}
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1)
        for word in FORBIDDEN
        if word in line
    ]
    assert not found


def test_version_has_a_changelog_entry():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_constraints_cover_every_dependency():
    def name(requirement):
        return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {name(r) for r in [*project["dependencies"], *chain.from_iterable(extras.values())]}
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = {name(line) for line in lines if "==" in line and not line.startswith("#")}
    assert wanted - pinned == {"graphkit-bio"}

"""The examples of the README run, and print what it says they print.

Python blocks share one namespace, as in one sitting. In console blocks each line ``$ graphkit ...``
runs; the lines below it, if any, must be what it writes to stdout, ``...`` standing for anything.
Other commands (installing, cloning) are not run, nor is a block right below ``<!-- not run -->``.
"""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(
    r"^(?P<skip><!-- not run[^\n]*-->\n+)?```(?P<kind>python|console)\n(?P<body>.*?)^```$",
    flags=re.MULTILINE | re.DOTALL,
)


class Command(NamedTuple):
    line: str
    expected: str


def blocks(text, kind):
    return [m["body"] for m in FENCE.finditer(text) if m["kind"] == kind and not m["skip"]]


def commands(block):
    """Split a console block into commands and what is shown below each."""
    found = []
    for part in re.split(r"^\$ ", block.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        line, _, output = part.partition("\n")
        found.append(Command(" ".join(line.split()), output))
    return found


def runnable(text):
    return [
        command
        for block in blocks(text, "console")
        for command in commands(block)
        if command.line.startswith("graphkit ")
    ]


def output_matches(expected, printed):
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    return not expected.strip() or doctest.OutputChecker().check_output(expected, printed, flags)


README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder that looks like the checkout to the examples, and takes what they write."""
    folder = tmp_path_factory.mktemp("readme")
    for name in ("data", "examples"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def test_readme_has_examples():
    assert blocks(README, "python")
    assert runnable(README)


def test_python_examples(desk, monkeypatch):
    monkeypatch.chdir(desk)
    namespace = {"__name__": "readme"}
    for body in blocks(README, "python"):
        before = README[: README.index(body)].count("\n")
        # Blank lines in front make the line numbers of a traceback those of the README.
        exec(compile("\n" * before + body, "README.md", "exec"), namespace)


@pytest.mark.parametrize("command", runnable(README), ids=lambda command: command.line)
def test_console_examples(desk, command):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    result = subprocess.run(
        command.line,
        shell=True,  # a README may pipe and redirect
        cwd=desk,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert output_matches(command.expected, result.stdout), result.stdout


EXAMPLE = """
```console
$ pip install graphkit-bio
$ graphkit localize x.fa \\
    -o out.tsv
$ graphkit models
lncloc  ...
second line
```

<!-- not run: needs your file -->
```console
$ graphkit localize yours.fa
```

```python
x = 1
```
```text
$ graphkit no
```
"""


def test_finds_what_to_run():
    assert runnable(EXAMPLE) == [
        Command("graphkit localize x.fa -o out.tsv", ""),
        Command("graphkit models", "lncloc  ...\nsecond line\n"),
    ]
    assert blocks(EXAMPLE, "python") == ["x = 1\n"]


def test_output_must_match_where_some_is_shown():
    assert output_matches("", "anything")
    assert output_matches("lncloc  ...\nend\n", "lncloc five folds\nend\n")
    assert not output_matches("lncloc  ...\nend\n", "lncloc five folds\n")

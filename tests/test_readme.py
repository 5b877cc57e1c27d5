"""The examples of the README run, and print what it says they print.

Each block is one test in a fresh folder, which holds the folders of the checkout and the files of
the user that the block names: no block needs another. Python blocks run in one namespace each. In
console blocks each line ``$ graphkit ...`` runs, one after the other; the lines below it, if any,
must be what it writes to stdout, ``...`` standing for anything. A block right below
``<!-- slow -->`` runs with ``pytest -m slow``. Other commands of the shell (``make``, installing)
are not run.
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
    r"^(?P<slow><!-- slow -->\n+)?```(?P<kind>python|console)\n(?P<body>.*?)^```$",
    flags=re.MULTILINE | re.DOTALL,
)
SIMULATE = "graphkit simulate transcripts --number 60 --longest 800"
# How to make the files that the examples take for the user's: enough for each verb to work.
FILES = {
    "labelled.fa": f"{SIMULATE} --seed 1 --output labelled.fa",
    "train.fa": f"{SIMULATE} --seed 2 --output train.fa",
    "mymodel": f"{SIMULATE} --seed 2 --output taught.fa && "
    "graphkit train taught.fa --output mymodel --members 2 --epochs 1 --k 3",
}
MEME = """MEME version 4

ALPHABET= ACGU

MOTIF M1 PUM2
letter-probability matrix: alength= 4 w= 8 nsites= 20
0.0 0.0 0.0 1.0
0.0 0.0 1.0 0.0
0.0 0.0 0.0 1.0
1.0 0.0 0.0 0.0
0.25 0.25 0.25 0.25
1.0 0.0 0.0 0.0
0.0 0.0 0.0 1.0
1.0 0.0 0.0 0.0
"""


class Command(NamedTuple):
    line: str
    expected: str


class Block(NamedTuple):
    body: str
    line: int
    slow: bool

    @property
    def commands(self):
        """The lines that begin with ``graphkit``, and what is shown below each."""
        found = []
        for part in re.split(r"^\$ ", self.body.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
            line, _, output = part.partition("\n")
            found.append(Command(" ".join(line.split()), output))
        return [command for command in found if command.line.startswith("graphkit ")]


def blocks(text, kind):
    return [
        Block(m["body"], text[: m.start("body")].count("\n"), bool(m["slow"]))
        for m in FENCE.finditer(text)
        if m["kind"] == kind
    ]


def parameters(found):
    return [
        pytest.param(block, marks=[pytest.mark.slow] * block.slow, id=f"line {block.line + 1}")
        for block in found
    ]


def output_matches(expected, printed):
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    return not expected.strip() or doctest.OutputChecker().check_output(expected, printed, flags)


README = (ROOT / "README.md").read_text("utf-8")
PYTHON = blocks(README, "python")
CONSOLE = [block for block in blocks(README, "console") if block.commands]


@pytest.fixture
def desk(tmp_path):
    """A folder that looks like the checkout to the examples, and takes what they write."""
    for name in ("data", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def run(line, folder):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        line,
        shell=True,  # a README may pipe and redirect
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )


def test_readme_has_examples():
    assert PYTHON
    assert CONSOLE
    assert len(re.findall(r"^\$ graphkit ", README, flags=re.MULTILINE)) == sum(
        len(block.commands) for block in CONSOLE
    )


@pytest.mark.parametrize("block", parameters(PYTHON))
def test_python_examples(desk, monkeypatch, block):
    monkeypatch.chdir(desk)
    # Blank lines in front make the line numbers of a traceback those of the README.
    exec(compile("\n" * block.line + block.body, "README.md", "exec"), {"__name__": "readme"})


@pytest.mark.parametrize("block", parameters(CONSOLE))
def test_console_examples(desk, block):
    (desk / "rbp_motifs.meme").write_text(MEME)
    words = {word for command in block.commands for word in command.line.split()}
    made = set(re.findall(r"(?:-o|--output) (\S+)", block.body))
    for name, how in FILES.items():
        if name in words - made:
            assert run(how, desk).returncode == 0
    for command in block.commands:
        result = run(command.line, desk)
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

<!-- slow -->
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
    quick, slow = blocks(EXAMPLE, "console")
    assert quick.commands == [
        Command("graphkit localize x.fa -o out.tsv", ""),
        Command("graphkit models", "lncloc  ...\nsecond line\n"),
    ]
    assert (quick.slow, slow.slow) == (False, True)
    assert slow.commands == [Command("graphkit localize yours.fa", "")]
    (python,) = blocks(EXAMPLE, "python")
    assert python == Block("x = 1\n", EXAMPLE[: EXAMPLE.index("x = 1")].count("\n"), slow=False)


def test_output_must_match_where_some_is_shown():
    assert output_matches("", "anything")
    assert output_matches("lncloc  ...\nend\n", "lncloc five folds\nend\n")
    assert not output_matches("lncloc  ...\nend\n", "lncloc five folds\n")

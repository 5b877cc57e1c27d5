"""The examples of the README and of the site run, and print what they say they print.

Each block is one test in a fresh folder, which holds the folders of the checkout and the files of
the user that the block names: no block needs another. Python blocks run in one namespace each. In
console blocks each line ``$ graphkit ...`` runs, one after the other; the lines below it, if any,
must be what it writes to stdout, ``...`` standing for anything. A block right below
``<!-- slow -->`` runs with ``pytest -m slow``, and so does each tutorial, from top to bottom in one
namespace. Blocks of other shells (``sh``: ``make``, installing) are not run.
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
CELL = re.compile(r"^```\{code-cell\}\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
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


def parameters(kind):
    return [
        pytest.param(
            block,
            marks=[pytest.mark.slow] * block.slow,
            id=f"{path.relative_to(ROOT)}, line {block.line + 1}",
        )
        for path in DOCUMENTS
        for block in blocks(path.read_text("utf-8"), kind)
        if kind == "python" or block.commands
    ]


def output_matches(expected, printed):
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    return not expected.strip() or doctest.OutputChecker().check_output(expected, printed, flags)


DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/[!_]*.md"))]
DOCUMENTS += sorted(ROOT.glob("docs/[!_]*/*.md"))
TUTORIALS = [path for path in DOCUMENTS if CELL.search(path.read_text("utf-8"))]
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")


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


def test_every_document_is_read():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert blocks(readme, "python")
    assert TUTORIALS
    console = [block for block in blocks(readme, "console") if block.commands]
    assert len(re.findall(r"^\$ graphkit ", readme, flags=re.MULTILINE)) == sum(
        len(block.commands) for block in console
    )


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(path):
    links = LINK.findall(path.read_text("utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("block", parameters("python"))
def test_python_examples(desk, monkeypatch, block):
    monkeypatch.chdir(desk)
    # Blank lines in front make the line numbers of a traceback those of the document.
    exec(compile("\n" * block.line + block.body, "document", "exec"), {"__name__": "document"})


@pytest.mark.slow
@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_tutorials(desk, monkeypatch, path):
    monkeypatch.chdir(desk)
    names = {"__name__": "tutorial"}
    for cell in CELL.findall(path.read_text("utf-8")):
        lines = (line for line in cell.splitlines() if not line.startswith("%"))
        exec(compile("\n".join(lines), str(path), "exec"), names)


@pytest.mark.parametrize("block", parameters("console"))
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

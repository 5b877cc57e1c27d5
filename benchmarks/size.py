"""How large the package is: lines of code without docstrings, comments and blanks, by room.

``size.py`` counts the working tree, ``size.py REV`` that commit beside it.
"""

import ast
import io
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from common import show

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "graphkit"
SUFFIXES = (".py", ".pyi")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def count(source: str) -> Counter[str]:
    """Count files, lines, lines of code, lines of docstrings, and definitions."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, DOCUMENTED)]
    doc = set()
    for node in nodes:
        if ast.get_docstring(node, clean=False) is not None:
            doc.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    code = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in skipped and token.type != tokenize.ENDMARKER:
            code.update(range(token.start[0], token.end[0] + 1))
    return Counter(
        files=1,
        lines=len(source.splitlines()),
        code=len(code - doc),
        docstrings=len(doc),
        definitions=len(nodes),
        documented=sum(ast.get_docstring(node) is not None for node in nodes),
    )


def sources(revision: str | None) -> Iterator[tuple[Path, str]]:
    if revision is None:
        for path in sorted(p for p in (ROOT / PACKAGE).rglob("*") if p.suffix in SUFFIXES):
            yield path.relative_to(ROOT), path.read_text("utf-8")
        return
    for name in git("ls-tree", "-r", "--name-only", revision, PACKAGE).splitlines():
        if name.endswith(SUFFIXES):
            yield Path(name), git("show", f"{revision}:{name}")


def git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def rooms(revision: str | None) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for path, source in sources(revision):
        room = path.parts[1] if len(path.parts) > 2 else "(top)"
        found.setdefault(room, Counter()).update(count(source))
    return {**dict(sorted(found.items())), "all": sum(found.values(), Counter())}


def main() -> None:
    """Print one row per room."""
    for revision in [*sys.argv[1:2], None]:
        rows = [{"room": room, **counted} for room, counted in rooms(revision).items()]
        show(rows, title=f"Size of {revision or 'the working tree'}")


if __name__ == "__main__":
    main()

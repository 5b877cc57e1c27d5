import pytest

from graphkit.cli.terminal.wording import in_options, option_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pass layer='umi'.", "give --layer umi."),
        ('pass layer="it\'s raw".', "give --layer 'it'\"'\"'s raw'."),
        ("pass layer='raw counts'.", "give --layer 'raw counts'."),
        ("X: pass layer=None.", "X: leave out --layer."),
        ("or pass rename={'a b': 'A'} to read_labelled.", "or add --map-labels 'a b=A'."),
        ("or pass rename={'a': 'A'}.", "or add --map-labels a=A."),
        ("leave them out with skip=True.", "leave them out with --on-error skip."),
        ("Store numbers: adata.X = adata.X.astype('float32').", "Store numbers."),
        ("Remove it (del adata.obsp['x']), and", "Remove it, and"),
        ("Name the coordinates with spatial_key; there is xy.", None),
        ("(several slides? name them with library_key)", None),
        ("Name the table with positions.", "Name the table with --positions."),
        ("If they are meant, say bin_size=2.", "If they are meant, say --bin 2."),
        ("cluster with batch_key='a b'", "cluster with --batch-key 'a b'"),
        ("There are: library_key, layer.", "There are: library_key, layer."),
        ("", ""),
    ],
)
def test_remedies_name_options(text, expected):
    if expected is None:
        key = "spatial" if "spatial_key" in text else "library"
        expected = text.replace(f"{key}_key", f"--{key}-key")
    assert in_options(text) == expected


def test_slots():
    assert [option_of(slot) for slot in ("n_modules", "members", "X", "--genes", None)] == [
        "--n-modules",
        "--members",
        "X",
        "--genes",
        None,
    ]

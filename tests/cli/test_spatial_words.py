import pytest

from graphkit.cli.spatial_words import in_options, option_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pass layer='umi'.", "give --layer umi."),
        ('pass layer="it\'s raw".', "give --layer 'it'\"'\"'s raw'."),
        ("pass layer='raw counts'.", "give --layer 'raw counts'."),
        ("X: pass layer=None.", "X: leave out --layer."),
        ("Name the coordinates with spatial_key; there is xy.", None),
        ("(several slides? name them with library_key)", None),
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

"""BED12: blocks are exons."""

import io

import pytest

from graphkit.errors import InputError
from graphkit.sequences.bed import read_bed12


def line(name="t1", *, start=10, strand="-", count=2, sizes="3,5,", starts="0,10,", chrom="chr1"):
    cells = (chrom, start, 25, name, 0, strand, 10, 10, "0,0,0", count, sizes, starts)
    return "\t".join(map(str, cells)) + "\n"


def read(text, **options):
    return read_bed12(io.BytesIO(text.encode()), **options)


def test_blocks_are_exons():
    found = read("track name=x\n#c\nbrowser position\n\n" + line() + line("t2", sizes="3,5"))
    exons = found.exons("t1")
    assert (exons.chromosome, exons.strand, exons.spans) == ("chr1", "-", ((10, 13), (20, 25)))
    assert list(found) == ["t1", "t2"]
    assert found.gene("t1") == (None, None)


def test_more_columns_and_blanks_for_tabs_are_the_same():
    wide = line().replace("\n", "\tGENE\tcmpl\n")
    for text in (wide, line().replace("\t", " ")):
        assert read(text).exons("t1").spans == ((10, 13), (20, 25))


def test_a_name_lies_where_its_first_line_says():
    found = read(line() + line(chrom="chr2", start=90))
    assert found.exons("t1").chromosome == "chr1"
    assert found.elsewhere(found.exons("t1")) == "chr2 (-)"


def test_only_the_wanted_are_kept():
    assert list(read(line("ENST01.1") + line("b"), wanted=["ENST01"])) == ["ENST01.1"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("chr1\t10\t25\tt1\t0\t-\n", "line 1: 6 columns where BED12 has 12"),
        (line() + line(count=3), "line 2: 3 blocks, 2 sizes, 2 starts"),
        (line(start="x"), "start and blocks are not numbers"),
        (line(sizes="3,-5"), "start and blocks are not numbers"),
        ("# nothing\n", "holds no transcript"),
    ],
)
def test_what_is_no_bed12_says_why(text, reason):
    with pytest.raises(InputError, match=reason):
        read(text)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"strand": "."}, "no strand"),
        ({"sizes": "3,0,"}, "an exon from 20 to 20"),
        ({"starts": "0,2,"}, "exons that overlap"),
    ],
)
def test_a_transcript_that_cannot_be_is_told_when_it_is_asked_for(more, reason):
    with pytest.raises(InputError, match=reason):
        read(line(**more)).exons("t1")

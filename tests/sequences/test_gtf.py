import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import InputError
from graphkit.sequences.gtf import read_gtf
from graphkit.types import Record

HEAD = "#!genome-build GRCh38\n"


def line(start, end, name="ENST01.2", *, chrom="chr1", strand="+", kind="exon", extra=""):
    facts = f'gene_id "G"; transcript_id "{name}";{extra}'
    return f"{chrom}\tx\t{kind}\t{start}\t{end}\t.\t{strand}\t.\t{facts}\n"


def read(text, **options):
    return read_gtf(io.BytesIO(text if isinstance(text, bytes) else text.encode()), **options)


TWO = HEAD + line(1, 300, kind="transcript") + line(11, 20) + line(101, 105, extra=" tag x;")


def test_exons_are_half_open_and_ascending():
    last_first = HEAD + line(101, 105, strand="-") + line(11, 20, strand="-")
    exons = read(last_first).exons("ENST01.2")
    assert exons.spans == ((10, 20), (100, 105))
    assert (exons.chromosome, exons.strand, exons.length) == ("chr1", "-", 15)


@pytest.mark.parametrize("name", ["ENST01.2", "ENST01", "ENST01.7"])
@pytest.mark.parametrize("given_as", ["ENST01.2", "ENST01"])
def test_versions_do_not_matter(name, given_as):
    found = read(TWO.replace("ENST01.2", given_as), wanted=[name])
    assert found.exons(name).length == 15


def test_an_exact_version_goes_before_another():
    both = read(line(1, 5, "ENST01.1") + line(1, 9, "ENST01.2"))
    assert [both.exons(f"ENST01.{v}").length for v in (1, 2)] == [5, 9]


def test_a_number_that_is_no_version_counts():
    found = read(line(1, 5, "MSTRG.1.1") + line(1, 9, "MSTRG.1.2"))
    assert [found.exons(f"MSTRG.1.{v}").length for v in (1, 2)] == [5, 9]


def test_only_the_wanted_are_kept():
    found = read(TWO + line(1, 9, "ENST02.1"), wanted=["ENST02|Nucleus"])
    assert len(found) == 1
    assert found.exons("ENST02").spans == ((0, 9),)


@pytest.mark.parametrize(
    "attributes",
    [
        'transcript_id "t"',
        "transcript_id t;",
        'gene_id "g;transcript_id x"; transcript_id "t"; note "a";',
        ' gene_id "g" ; transcript_id  "t" ;',
    ],
)
def test_ways_to_write_attributes(attributes):
    found = read(f"1\tx\texon\t1\t4\t.\t+\t.\t{attributes}\n")
    assert found.exons("t").length == 4


def test_line_ends_gzip_and_byte_order_mark_do_not_matter(tmp_path, bgzf):
    expected = read(TWO).exons("ENST01").spans
    windows = b"\xef\xbb\xbf" + TWO.replace("\n", "\r\n").encode()
    path = tmp_path / "x.gtf.gz"
    path.write_bytes(gzip.compress(TWO.encode()))
    for found in (read(windows), read(TWO.rstrip("\n")), read_gtf(path), read(bgzf(TWO.encode()))):
        assert found.exons("ENST01").spans == expected


@given(st.lists(st.integers(1, 40), max_size=10))
def test_pieces_of_any_size(sizes):
    data, cuts = TWO.encode(), []
    for size in sizes:
        cuts.append(data[:size])
        data = data[size:]
    stream = iter([*filter(None, cuts), data, b""])

    class Pieces:
        def read(self, size=-1):
            return next(stream, b"")

    assert read_gtf(Pieces()).exons("ENST01").spans == ((10, 20), (100, 105))


def test_the_same_line_twice_is_one_exon():
    assert read(TWO + TWO).exons("ENST01").length == 15


def test_exons_that_overlap_are_told_when_asked_for():
    found = read(TWO + line(1, 50, "ENST02") + line(50, 60, "ENST02"))
    assert found.exons("ENST01").length == 15
    with pytest.raises(InputError, match="record ENST02: has exons that overlap"):
        found.exons("ENST02")


def test_a_second_place_is_told_and_does_not_mix_in():
    found = read(TWO + line(11, 20, chrom="chrY") + line(11, 20, strand="-"))
    exons = found.exons("ENST01")
    assert (exons.chromosome, exons.length) == ("chr1", 15)
    assert found.elsewhere(exons) == "chrY (+)"
    assert read(TWO).elsewhere(exons) is None


@pytest.mark.parametrize("name", ["ENST01.2", "ENST01", "ENST01|Nucleus"])
def test_a_record_of_the_same_length_is_placed(name):
    assert read(TWO).place(Record(name, "A" * 15)).length == 15


def test_a_record_of_another_length_is_not():
    with pytest.raises(InputError, match="record ENST01: has 14 nt, its annotated exons 15"):
        read(TWO).place(Record("ENST01", "A" * 14))


def test_a_transcript_the_gtf_lacks():
    with pytest.raises(InputError, match="record XIST: is not in the annotation"):
        read(TWO).place(Record("XIST", "A"))


@pytest.mark.parametrize("strand", [".", "?"])
def test_a_transcript_without_strand_is_told_when_asked_for(strand):
    found = read(TWO + line(1, 50, "STRG.1", strand=strand))
    assert found.exons("ENST01").length == 15
    with pytest.raises(InputError, match=r"record STRG\.1: has no strand in the annotation"):
        found.place(Record("STRG.1", "A" * 50))


def test_an_exon_of_no_transcript_is_passed_over():
    assert len(read(TWO + line(1, 50, ""))) == 1


GFF3 = "1\tx\texon\t1\t4\t.\t+\t.\tID=exon1;Parent=t1\n"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("1\tx\texon\t1\t4\n", "5 columns where a GTF has 9"),
        ("one line of text\n", "1 column where a GTF has 9"),
        (">ENST01\nACGU\n", "FASTA, not GTF"),
        (GFF3, "GFF3, not GTF. Convert it"),
        (GFF3.replace("ID=exon1;Parent", "note"), "an exon without transcript_id"),
        (line("x", 4), "start and end are 'x' and '4', not numbers"),
        (line("-5", 4), "start and end are '-5' and '4', not numbers"),
        (line("1_0", 14), "not numbers"),
        (line("9" * 40, 4), "not numbers"),
        (line(0, 4), "an exon from 0 to 4"),
        (line(5, 4), "an exon from 5 to 4"),
        (line(1, 9_999_999_999_999), "an exon from 1 to"),
        (line(1, 4, strand="x"), "the strand of an exon is 'x'"),
        ("##gff-version 3\n", "GFF3, not GTF. Convert it: gffread in.gff3 -T -o out.gtf."),
        (line(1, 4) + "\0", "binary data"),
    ],
)
def test_malformed(bad, reason, tmp_path):
    path = tmp_path / "bad.gtf"
    path.write_text(HEAD + bad)
    with pytest.raises(InputError) as caught:
        read_gtf(path)
    assert reason in str(caught.value)
    assert caught.value.file == str(path)
    assert caught.value.line in ({None} if "binary" in reason else {2})


@pytest.mark.parametrize("text", ["", HEAD, line(1, 9, kind="CDS")])
def test_nothing_in_it(text):
    with pytest.raises(InputError, match="holds no exon"):
        read(text)


def test_a_malformed_line_counts_though_its_transcript_is_not_wanted():
    with pytest.raises(InputError, match="an exon from 5 to 4"):
        read(TWO + line(5, 4, "other"), wanted=["ENST01"])


def test_folder_missing_file_and_truncated_gzip(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        read_gtf(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        read_gtf(tmp_path / "none.gtf")
    with pytest.raises(InputError, match="truncated gzip"):
        read(gzip.compress(TWO.encode())[:-9])


def test_an_endless_line_is_refused_in_bounded_memory():
    class Endless:
        n = 0

        def read(self, size=-1):
            self.n += 1
            assert self.n < 100
            return b"A" * (1 << 16)

    with pytest.raises(InputError, match="line 1: a line longer than 1 MB"):
        read_gtf(Endless())


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    for text in (data, TWO.encode() + data):
        try:
            read(text)
        except InputError:
            continue

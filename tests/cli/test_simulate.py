from graphkit.sequences import read_fasta


def test_transcripts_with_their_sites(run, tmp_path):
    out, bed = tmp_path / "x.fa", tmp_path / "x.bed"
    result = run("simulate", "transcripts", "-o", out, "--sites", bed, "-n", 6, "--seed", 3)
    assert result.exit_code == 0
    assert result.stdout == ""
    records = {record.id: record.sequence for record in read_fasta(out)}
    assert len(records) == 6
    lines = [line.split("\t") for line in bed.read_text().splitlines()[1:]]
    assert lines
    for name, begin, end, element in lines:
        assert records[name][int(begin) : int(end)] == element


def test_the_seed_decides(run, tmp_path):
    def text(seed):
        path = tmp_path / f"{seed}.fa"
        run("simulate", "transcripts", "-o", path, "-n", 2, "--seed", seed)
        return path.read_text()

    assert text(1) == text("1")
    assert text(1) != text(2)


def test_parameters_that_make_no_sense(run, tmp_path):
    result = run("simulate", "transcripts", "-o", tmp_path / "x.fa", "--shortest", 10)
    assert result.exit_code == 2
    assert "Error: length" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_fasta_and_sites_are_two_files(run, tmp_path):
    path = tmp_path / "x.fa"
    assert run("simulate", "transcripts", "-o", path, "--sites", path).exit_code == 2

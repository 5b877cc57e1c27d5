"""The pages of a job: its table as the command line writes it, its rows explained, its end."""

import json

import pytest

from graphkit.datasets import shipped

ROW = "ACGUUGCAUGCUAGCAUCGGAUCGAUCGUACGUAGCUAGC"
EXAMPLE = shipped("mouse_lincrnas.fasta")


@pytest.fixture
def page(open_page):
    return open_page()


def table(page, told, name="table.tsv"):
    return page.get(told["files"][name])


def ids(page, told):
    return [line.split("\t")[0] for line in table(page, told).text.splitlines()[1:]]


def test_the_table_is_that_of_the_command_line_byte_for_byte(page, send, run):
    told = send(page, EXAMPLE.read_text())
    assert told["state"] == "done"
    assert table(page, told).content == run("localize", EXAMPLE).stdout_bytes
    csv_ = run("localize", EXAMPLE, "--format", "csv").stdout_bytes
    assert table(page, told, "table.csv").content == csv_
    lines = run("localize", EXAMPLE, "--format", "jsonl").stdout.splitlines()
    assert table(page, told, "table.json").json()["rows"] == [json.loads(line) for line in lines]


def test_the_report_is_one_file_and_the_page_of_the_job_has_links_beside_it(page, send):
    told = send(page, EXAMPLE.read_text())
    report = table(page, told, "report.html")
    assert "attachment" in report.headers["content-disposition"]
    assert "records/" not in report.text
    shown = page.get(told["page"])
    assert shown.text.count('<a href="records/') == 3
    assert "script-src" not in shown.headers["content-security-policy"]
    assert shown.headers["content-security-policy"].startswith("default-src 'none';")


def test_a_row_that_is_opened_is_explained_once(page, send, finish):
    told = send(page, EXAMPLE.read_text())
    first = page.get(f"{told['page']}records/2/", follow_redirects=False)
    again = page.get(f"{told['page']}records/2/", follow_redirects=False)
    assert first.headers["location"] == again.headers["location"]
    explained = finish(page, first.headers["location"].split("/")[-2])
    assert explained["state"] == "done"
    shown = page.get(explained["page"])
    assert "<svg" in shown.text
    assert "Sites of known elements" in shown.text
    assert f'href="../{told["id"]}/"' in shown.text
    assert set(explained["files"]) == {
        *("track.svg", "scores.bedgraph", "scores.tsv", "seqlets.bed"),
        *("explanation.json", "explanation.html"),
    }
    svg = page.get(explained["files"]["track.svg"])
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert len(page.get(explained["files"]["scores.tsv"]).text.splitlines()) == 1_968 + 1


def test_what_cannot_be_opened_is_not_there(page, send):
    told = send(page, f">a\n{ROW}\n")
    for place in ("0/", "2/", "x/", "-1/"):
        assert page.get(f"{told['page']}records/{place}").status_code == 404


def test_ids_select_among_what_is_pasted_and_the_missing_are_named(page, send):
    told = send(page, f">a\n{ROW}\n>b\n{ROW}A\n>c\n{ROW}C\n", ids="c a zzz")
    assert ids(page, told) == ["a", "c"]
    assert "1 of 3 names are not in the input: zzz" in page.get(told["page"]).text
    refused = send(page, f">a\n{ROW}\n", ids="q")
    assert refused.status_code == 422
    assert "none of its 1 names is in the input" in refused.text


def test_ids_alone_are_looked_up_in_the_transcripts_of_the_server(open_page, send, fasta):
    page = open_page(transcripts=fasta(f">t1\n{ROW}\n>t2\n{ROW}A\n"))
    assert "looked up in <bdi>x.fa</bdi>" in page.get("/").text
    told = send(page, ids="t2")
    assert ids(page, told) == ["t2"]


def test_the_example_is_filled_in(page):
    assert ">ENSMUST00000180479" in page.get("/?example").text.replace("&gt;", ">")


def test_results_that_are_deleted_are_gone(page, send):
    told = send(page, ROW)
    assert page.post(f"/jobs/{told['id']}/delete").status_code == 200
    assert page.get(told["page"]).status_code == 404
    other = send(page, ROW)
    assert page.delete(f"/api/jobs/{other['id']}").status_code == 204
    assert page.get(other["files"]["table.tsv"]).status_code == 404

"""The API: JSON in and out, whatever JSON it is."""

import pytest

ROW = "ACGUUGCAUGCUAGCAUCGGAUCGAUCGUACGUAGCUAGC"


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.mark.parametrize(
    "body",
    [b"[" * 200_000, b'{"a":' * 100_000, b"", b"nonsense", b"[1]", b'{"fasta": 3}', b"\xff\xfe"],
)
def test_json_that_is_a_bomb_or_nonsense_is_422(page, body):
    answered = page.post(
        "/api/localize", content=body, headers={"content-type": "application/json"}
    )
    assert answered.status_code == 422
    assert set(answered.json()) == {"error"}


def test_json_cannot_name_a_file(page):
    answered = page.post("/api/localize", json={"file": ["x", "/etc/passwd"]})
    assert answered.status_code == 422
    assert "no records" in answered.json()["error"]


def test_other_types_of_body_are_415_and_broken_forms_400(page):
    assert (
        page.post("/api/localize", content=b"x", headers={"content-type": "text/xml"}).status_code
        == 415
    )
    broken = {"content-type": "multipart/form-data; boundary=x"}
    assert page.post("/api/localize", content=b"y" * 50, headers=broken).status_code == 400


def test_a_row_is_explained_by_its_number(page, finish):
    sent = page.post("/api/localize", json={"fasta": f">a\n{ROW}\n", "ids": "a"})
    told = finish(page, sent.json()["id"])
    explained = page.post(f"/api/jobs/{told['id']}/records/1")
    assert explained.status_code == 202
    files = finish(page, explained.json()["id"])["files"]
    assert page.get(files["scores.bedgraph"]).text.startswith("a\t0\t")
    assert page.post(f"/api/jobs/{told['id']}/records/9").status_code == 404


def test_a_refused_job_says_why(page, finish, tmp_path):
    cut = b"\x89HDF\r\n\x1a\n" + bytes(100)
    sent = page.post("/api/denoise", files={"file": ("x.h5ad", cut)})
    told = finish(page, sent.json()["id"])
    assert told["state"] == "refused"
    assert told["text"].startswith("x.h5ad: no readable .h5ad file")
    assert told["files"] == {}
    shown = page.get(told["page"])
    assert shown.status_code == 422
    assert "no readable .h5ad file" in shown.text


def test_types_take_two_files_and_say_which_is_wrong(page, finish):
    hdf5 = b"\x89HDF\r\n\x1a\n"
    alone = page.post("/api/annotate", files={"file": ("x.h5ad", hdf5)})
    assert alone.status_code == 422
    assert "reference: missing" in alone.json()["error"]
    pickle = {"file": ("x.h5ad", hdf5), "reference": ("known.h5ad", b"\x80\x04")}
    assert "known.h5ad: is no .h5ad" in page.post("/api/annotate", files=pickle).json()["error"]
    text = page.post("/slides", data={"verb": "annotate", "reference": "/etc/passwd"})
    assert text.status_code == 422
    assert "passwd" not in text.text

"""The page as a whole: who may ask, what is too much, what is not there, what is never said."""

import json

import pytest

from graphkit.web.limits import PUBLIC, Limits

ROW = "ACGUUGCAUGCUAGCAUCGGAUCGAUCGUACGUAGCUAGC"


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.mark.parametrize("place", ["/", "/api/localize", "/slides", "/api/domains"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_its_cap_is_413(open_page, place, chunked):
    page = open_page(limits=Limits(upload_mb=1, slide_mb=1))
    parts = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n',
        bytes(2 * 10**6),
    )
    body = iter(parts) if chunked else b"".join(parts)
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answered = page.post(place, content=body, headers=headers)
    assert answered.status_code == 413
    assert "too much at once" in answered.text
    assert answered.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "place",
    [
        "/jobs/{id}/",
        "/jobs/{id}/table.tsv",
        "/api/jobs/{id}",
        "/jobs/x/",
        "/nowhere",
        "/api/nowhere",
    ],
)
def test_the_job_of_another_user_is_not_there(page, send, place):
    send(page, ROW)
    answered = page.get(place.format(id="0" * 32))
    assert answered.status_code == 404
    assert "Results are dropped after a while" in answered.text


@pytest.mark.parametrize(
    "name",
    [
        "records.jsonl",
        "shown.html",
        "input.h5ad",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "track.svg",
        "..",
    ],
)
def test_no_file_but_the_results_is_handed_out(page, send, name):
    told = send(page, ROW)
    assert page.get(f"/jobs/{told['id']}/{name}").status_code in {404, 307}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://localhost"}, 303),
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"host": "evil.example"}, 400),
        ({"host": "127.0.0.1"}, 303),
    ],
)
def test_host_and_origin_are_checked(page, headers, status):
    data = {"fasta": ROW}
    answered = page.post("/", data=data, headers=headers, follow_redirects=False)
    assert answered.status_code == status


def test_a_page_of_another_origin_cannot_stop_or_delete(page, send):
    told = send(page, ROW)
    elsewhere = {"origin": "http://evil.example"}
    for method, place in (
        ("POST", f"/jobs/{told['id']}/cancel"),
        ("POST", f"/jobs/{told['id']}/delete"),
        ("DELETE", f"/api/jobs/{told['id']}"),
    ):
        assert page.request(method, place, headers=elsewhere).status_code == 403
    assert page.get(told["page"]).status_code == 200


def test_the_queue_is_bounded_and_the_page_stays_live(open_page, stuck):
    page = open_page(stuck, limits=Limits(queue=2))
    statuses = [page.post("/api/localize", json={"fasta": ROW}).status_code for _ in range(6)]
    assert set(statuses) == {202, 429}
    assert statuses.count(202) in {2, 3}
    full = page.post("/", data={"fasta": ROW})
    assert full.status_code == 429
    assert full.headers["retry-after"]
    assert page.get("/").status_code == 200
    assert page.get("/healthz").json()["waiting"] == 2


def test_each_address_has_a_rate(open_page):
    page = open_page(limits=Limits(per_minute=2))
    statuses = [page.post("/api/localize", json={"fasta": ROW}).status_code for _ in range(3)]
    assert statuses == [202, 202, 429]


def test_a_job_that_is_cancelled_frees_the_worker(open_page, finish, stuck):
    page = open_page(stuck)
    first, second = (page.post("/api/localize", json={"fasta": ROW}).json()["id"] for _ in range(2))
    shown = page.get(f"/jobs/{second}/")
    assert shown.headers["refresh"]
    assert "Cancel" in shown.text
    assert "Cancelled" in page.post(f"/jobs/{first}/cancel").text
    assert "Cancelled" in page.post(f"/jobs/{second}/cancel").text
    assert finish(page, first)["state"] == finish(page, second)["state"] == "cancelled"
    assert page.get("/healthz").json()["waiting"] == 0


def test_a_job_that_takes_too_long_is_stopped(open_page, finish, stuck):
    page = open_page(stuck, limits=Limits(seconds=1))
    name = page.post("/api/localize", json={"fasta": ROW}).json()["id"]
    assert finish(page, name)["state"] == "timed out"
    shown = page.get(f"/jobs/{name}/")
    assert shown.status_code == 504
    assert "longer than 1 seconds" in shown.text


def test_an_error_of_the_program_shows_no_traceback_and_no_contents(page, monkeypatch, caplog):
    def broken(*_, **__):
        raise ZeroDivisionError("secret ACGU")

    monkeypatch.setattr("graphkit.web.site.read_sequences", broken)
    caplog.set_level("INFO", "graphkit.web")
    for answered in (page.post("/", data={"fasta": ROW}), page.post("/api/localize", json={})):
        assert answered.status_code == 500
        assert "Something went wrong" in answered.text
        for word in ("Traceback", "secret", "ZeroDivisionError"):
            assert word not in answered.text
        assert answered.headers["content-security-policy"]
    assert "ZeroDivisionError" in caplog.text
    assert "secret" not in caplog.messages[0]


def test_the_log_says_nothing_of_ids_and_contents(page, send, caplog):
    caplog.set_level("INFO", "graphkit.web")
    told = send(page, f">mysecret\n{ROW}\n")
    page.get(told["files"]["table.tsv"])
    events = [json.loads(line) for line in caplog.messages]
    assert {"request", "job"} == {event["event"] for event in events}
    assert "/jobs/{id}/{name}" in {event.get("route") for event in events}
    for word in (told["id"], "mysecret", ROW[:12]):
        assert word not in caplog.text


def test_every_answer_forbids_scripts_and_frames(page, send):
    told = send(page, ROW)
    for place in ("/", "/slides", "/model", "/api", told["page"], "/healthz", "/nowhere"):
        answered = page.get(place)
        policy = answered.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "<script" not in answered.text


def test_what_strangers_may_send_is_less():
    assert PUBLIC.sequences < Limits().sequences
    assert PUBLIC.upload_mb < Limits().upload_mb

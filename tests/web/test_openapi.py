"""The document says what the page does: each path and status, tried on the page itself."""

import re

import pytest

from graphkit.web.api import Api
from graphkit.web.limits import LOCAL, Settings
from graphkit.web.openapi import ANSWERS, curl_lines, document
from graphkit.web.site import Site

ROW = "ACGUUGCAUGCUAGCAUCGGAUCGAUCGUACGUAGCUAGC"
DOCUMENT = document(LOCAL)
METHODS = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]


def test_each_route_of_the_api_stands_in_the_document_and_the_other_way_round():
    routes = Api(Site(Settings())).routes()
    served = {
        (re.sub(r":\w+", "", route.path), method.lower())
        for route in routes
        for method in route.methods - {"HEAD"}
        if route.path.startswith("/api/")
    }
    assert served == set(METHODS)


def test_a_job_is_what_the_document_says(open_page, finish):
    page = open_page()
    assert page.get("/openapi.json").json() == DOCUMENT
    sent = page.post("/api/localize", json={"fasta": ROW})
    told = finish(page, sent.json()["id"])
    responses = DOCUMENT["paths"]["/api/localize"]["post"]["responses"]
    schema = responses["202"]["content"]["application/json"]["schema"]
    kinds = {"string": str, "integer": int, "object": dict}
    for answer in (sent.json(), told):
        assert set(answer) == set(schema["required"]) == set(schema["properties"])
        for name, value in answer.items():
            assert isinstance(value, kinds[schema["properties"][name]["type"]])
    assert re.match(schema["properties"]["id"]["pattern"], told["id"])
    assert told["state"] in schema["properties"]["state"]["enum"]
    assert sent.headers["location"] == f"/api/jobs/{told['id']}"


@pytest.mark.parametrize(("path", "method"), METHODS)
def test_each_answer_is_one_that_the_document_has(open_page, path, method):
    page = open_page()
    place = path.format(id="0" * 32, number=1)
    known = DOCUMENT["paths"][path][method]["responses"]
    tried = [{}, {"origin": "http://evil.example"}, {"content-type": "application/json"}]
    for headers in tried:
        answered = page.request(method.upper(), place, headers=headers)
        assert str(answered.status_code) in known
        assert set(answered.json()) == {"error"}


def test_all_that_is_answered_has_words(open_page):
    text = open_page().get("/api").text
    assert all(f"<td>{status}</td>" in text for status in ANSWERS)
    for lines in curl_lines("http://localhost").values():
        assert all(line.split(" ")[0] in {"curl", "until", "JOB=$(curl"} for line in lines)
    assert "curl -fsS -F file=@lncrnas.fa http://localhost/api/localize" in text.replace(
        "&#39;", "'"
    )

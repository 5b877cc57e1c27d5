"""The guard: what each address may send, and where a request comes from."""

import pytest
from starlette.requests import Request

from graphkit.web.guard import Rate, from_elsewhere


def test_a_minute_later_there_is_room_again():
    now = [0.0]
    rate = Rate(2, clock=lambda: now[0])
    assert [rate.allows("a") for _ in range(3)] == [True, True, False]
    now[0] = 59.0
    assert not rate.allows("a")
    now[0] = 61.0
    assert rate.allows("a")


def test_addresses_are_forgotten_before_they_are_too_many(monkeypatch):
    monkeypatch.setattr("graphkit.web.guard.MOST_ADDRESSES", 3)
    rate = Rate(1, clock=lambda: 0.0)
    assert all(rate.allows(str(i)) for i in range(10))
    assert not rate.allows("9")
    assert rate.allows("0")


@pytest.mark.parametrize(
    ("headers", "elsewhere"),
    [
        ({}, False),
        ({"origin": "https://a.org"}, False),
        ({"origin": "https://A.org"}, False),
        ({"origin": "https://a.org.evil.com"}, True),
        ({"origin": "null"}, True),
        ({"origin": ""}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "none"}, False),
    ],
)
def test_where_a_request_comes_from(headers, elsewhere):
    sent = {"host": "a.org", **headers}
    raw = [(name.encode(), text.encode()) for name, text in sent.items()]
    assert from_elsewhere(Request({"type": "http", "headers": raw})) is elsewhere

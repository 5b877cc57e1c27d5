"""The server: an address of its own, or an error before anything is served."""

import socket

import pytest

from graphkit.errors import InputError
from graphkit.web.server import serve


def test_an_address_that_is_taken_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=r"--port: .*in use"):
            serve(port=port)


def test_a_model_that_is_not_there_ends_it():
    told = []
    with pytest.raises(InputError, match="no model 'nothing'"):
        serve(model="nothing", port=0, tell=told.append)
    assert told[0].startswith("http://127.0.0.1:")

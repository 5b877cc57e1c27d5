"""Model folders: whole or not at all when written, distrusted when read."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import pickle
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from graphkit.errors import InputError
from graphkit.training import checkpoint as checkpoint_module
from graphkit.training import load_model, read_config, save_model
from graphkit.training.checkpoint import sealed

CONFIG = {"class": "Toy", "k": 5, "classes": ["A", "B"]}
TENSORS = {
    "a.weight": torch.arange(6, dtype=torch.float32).reshape(2, 3),
    "b": torch.tensor([1, 2], dtype=torch.int64),
    "empty": torch.zeros(0, 4),
}


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "model"
    save_model(folder, CONFIG, TENSORS, files={"README.md": "# a model\n"})
    return folder


class Bomb:
    def __init__(self, marker):
        self.marker = str(marker)

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


def rewrite(model, weights):
    """Put other weights into a model, with a digest that fits, as a forger would."""
    (model / "model.safetensors").write_bytes(weights)
    change(model, weights_sha256=hashlib.sha256(weights).hexdigest())


def change(model, **fields):
    path = model / "config.json"
    path.write_text(json.dumps(sealed({**json.loads(path.read_text()), **fields})))


def safetensors_bytes(header, data=b""):
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refusal(model, match):
    with pytest.raises(InputError, match=match) as caught:
        load_model(model)
    assert caught.value.file
    return caught.value


# Writing and reading back


def test_what_is_saved_is_loaded(model):
    config, tensors = load_model(model)
    assert {key: config[key] for key in CONFIG} == CONFIG
    assert config == read_config(model)
    assert tensors.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert torch.equal(tensors[name], tensor)
        assert tensors[name].dtype == tensor.dtype
    assert (model / "README.md").read_text() == "# a model\n"


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float64, torch.bool, torch.uint8, torch.int8]
)
def test_every_usual_kind_of_number_survives(tmp_path, dtype):
    save_model(tmp_path / "m", {}, {"w": torch.ones(3, dtype=dtype)})
    assert torch.equal(load_model(tmp_path / "m")[1]["w"], torch.ones(3, dtype=dtype))


def test_tensors_that_share_memory_or_are_not_contiguous_survive(tmp_path):
    base = torch.arange(6.0).reshape(2, 3)
    save_model(tmp_path / "m", {}, {"w": base, "same": base, "turned": base.T})
    tensors = load_model(tmp_path / "m")[1]
    assert torch.equal(tensors["same"], base)
    assert torch.equal(tensors["turned"], base.T)


def test_the_same_model_is_the_same_bytes(model, tmp_path):
    save_model(tmp_path / "twin", CONFIG, TENSORS, files={"README.md": "# a model\n"})
    assert contents(model) == contents(tmp_path / "twin")


def test_loaded_tensors_do_not_change_with_the_file(model):
    tensors = load_model(model)[1]
    path = model / "model.safetensors"
    with path.open("r+b") as file:
        file.write(b"\xff" * path.stat().st_size)
    assert torch.equal(tensors["a.weight"], TENSORS["a.weight"])


def test_an_older_model_is_replaced_whole(model):
    save_model(model, {"new": True}, {"w": torch.ones(1)})
    config, tensors = load_model(model)
    assert config["new"]
    assert list(tensors) == ["w"]
    assert not (model / "README.md").exists()
    assert [path.name for path in model.parent.iterdir()] == ["model"]


def test_missing_parents_are_made_and_an_empty_folder_is_taken(tmp_path):
    save_model(tmp_path / "a" / "b", {}, {})
    (tmp_path / "empty").mkdir()
    save_model(tmp_path / "empty", {}, {})
    assert read_config(tmp_path / "a" / "b") == read_config(tmp_path / "empty")


def test_a_link_to_a_model_stays_a_link(model, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(model)
    save_model(link, {"new": True}, {})
    assert link.is_symlink()
    assert read_config(model)["new"]


@pytest.mark.parametrize("inside", [["notes.txt"], ["config.json"], ["model.safetensors"]])
def test_a_folder_that_is_no_model_is_never_replaced(tmp_path, inside):
    folder = tmp_path / "precious"
    folder.mkdir()
    for name in inside:
        (folder / name).write_text("mine")
    with pytest.raises(InputError, match="is not a model folder"):
        save_model(folder, {}, {})
    assert contents(folder) == dict.fromkeys(inside, b"mine")


def test_a_model_folder_with_a_folder_in_it_is_never_replaced(model):
    (model / "results").mkdir()
    with pytest.raises(InputError, match="is not a model folder"):
        save_model(model, {}, {})
    assert (model / "results").is_dir()


def test_a_file_is_never_replaced(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="is not a model folder"):
        save_model(tmp_path / "file", {}, {})
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", "", "config.json", "..", "/etc/x"])
def test_further_files_have_plain_names(tmp_path, name):
    with pytest.raises(ValueError, match="cannot be the name"):
        save_model(tmp_path / "m", {}, {}, files={name: "x"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_not_finite_are_not_saved(tmp_path, value):
    with pytest.raises(InputError, match="not finite") as caught:
        save_model(tmp_path / "m", {}, {"w": torch.tensor([0.0, value])})
    assert caught.value.slot == "w"
    assert list(tmp_path.iterdir()) == []


# Writing goes wrong


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "README.md"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_a_failed_write_leaves_the_old_model_and_no_rubbish(model, monkeypatch, file, number):
    before = contents(model)
    write = checkpoint_module.write_file

    def failing(path, data):
        if path.name == file:
            path.write_bytes(data[: len(data) // 2])
            raise OSError(number, os.strerror(number))
        write(path, data)

    monkeypatch.setattr(checkpoint_module, "write_file", failing)
    with pytest.raises(InputError, match=os.strerror(number)) as caught:
        save_model(model, {"new": True}, TENSORS, files={"README.md": "new"})
    assert caught.value.file == str(model)
    assert contents(model) == before
    assert [path.name for path in model.parent.iterdir()] == ["model"]


def test_a_failed_first_write_leaves_nothing(tmp_path, monkeypatch):
    def failing(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(checkpoint_module, "write_file", failing)
    with pytest.raises(InputError, match="No space left"):
        save_model(tmp_path / "m", CONFIG, TENSORS)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_an_error(tmp_path):
    """A real one, near enough: a process that may write no large file."""
    code = (
        "import resource, sys, torch\n"
        "from graphkit.training import save_model\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
        "save_model(sys.argv[1], {}, {'w': torch.zeros(100_000)})\n"
    )
    command = [sys.executable, "-c", code, tmp_path / "m"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "InputError" in done.stderr
    assert "cannot be written: File too large" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_an_error(tmp_path):
    tmp_path.chmod(0o555)
    with pytest.raises(InputError, match="Permission denied"):
        save_model(tmp_path / "m", CONFIG, TENSORS)


def test_a_parent_that_is_a_file_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        save_model(tmp_path / "file" / "m", CONFIG, TENSORS)


def test_a_name_too_long_is_an_error(tmp_path):
    with pytest.raises(InputError, match="File name too long"):
        save_model(tmp_path / ("m" * 300), CONFIG, TENSORS)
    with pytest.raises(InputError, match="File name too long"):
        load_model(tmp_path / ("m" * 300))


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGKILL, marks=pytest.mark.slow)]
)
def test_a_kill_in_mid_write_leaves_the_old_model(model, number):
    code = (
        "import os, sys, torch\n"
        "from graphkit.training import checkpoint\n"
        "write = checkpoint.write_file\n"
        "def dying(path, data):\n"
        "    write(path, data[: len(data) // 2])\n"
        "    if path.name == 'model.safetensors':\n"
        "        os.kill(os.getpid(), int(sys.argv[2]))\n"
        "checkpoint.write_file = dying\n"
        "checkpoint.save_model(sys.argv[1], {}, {'w': torch.zeros(1000)})\n"
    )
    before = contents(model)
    done = subprocess.run([sys.executable, "-c", code, model, str(int(number))])
    assert done.returncode == -number
    assert contents(model) == before
    load_model(model)


# Reading what should not be trusted


def test_a_pickle_never_runs(model, tmp_path):
    marker = tmp_path / "ran"
    bomb = pickle.dumps(Bomb(marker))
    rewrite(model, bomb)
    refusal(model, "is a pickle, not safetensors")
    (tmp_path / "model.pkl").write_bytes(bomb)
    refusal(tmp_path / "model.pkl", "is a pickle, not a model folder")
    (model / "config.json").write_bytes(bomb)
    refusal(model, "is not JSON")
    assert not marker.exists()
    pickle.loads(bomb)  # noqa: S301
    assert marker.exists(), "the bomb would have gone off"


@pytest.mark.parametrize("keep", [0, 1, 7, 8, 9, 50, 0.5, -1])
def test_weights_cut_short_are_refused_with_and_without_their_digest(model, keep):
    weights = (model / "model.safetensors").read_bytes()
    short = weights[: int(keep * len(weights)) if isinstance(keep, float) else keep]
    (model / "model.safetensors").write_bytes(short)
    refusal(model, "cut short")
    rewrite(model, short)
    refusal(model, "safetensors file")


def test_one_bit_is_enough_to_be_refused(model):
    path = model / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    refusal(model, "does not fit the SHA-256")


def test_weights_that_are_not_finite_are_refused(model):
    data = torch.tensor([1.0, float("nan")]).numpy().tobytes()
    entry = {"dtype": "F32", "shape": [2], "data_offsets": [0, len(data)]}
    rewrite(model, safetensors_bytes({"bad": entry}, data))
    assert refusal(model, "not finite").slot == "bad"


HUGE = 10**12
HEADERS = {
    "shape": {"w": {"dtype": "F32", "shape": [HUGE], "data_offsets": [0, 8]}},
    "offsets": {"w": {"dtype": "F32", "shape": [HUGE], "data_offsets": [0, 4 * HUGE]}},
    "overflow": {"w": {"dtype": "F32", "shape": [2**62, 4], "data_offsets": [0, 8]}},
    "negative": {"w": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}},
    "backwards": {"w": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}},
    "gap": {"w": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}},
    "overlap": {
        "v": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
        "w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
    },
    "kind": {"w": {"dtype": "OBJECT", "shape": [2], "data_offsets": [0, 8]}},
    "no dtype": {"w": {"shape": [2], "data_offsets": [0, 8]}},
    "list": [1, 2],
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_lies_is_refused_without_memory_for_what_it_declares(
    model, name, monkeypatch
):
    def opened(*arguments, **keywords):
        with safe_open(*arguments, **keywords):
            pytest.fail("opened, so that tensors may be made")

    rewrite(model, safetensors_bytes(HEADERS[name], b"\0" * 8))
    monkeypatch.setattr(checkpoint_module, "safe_open", opened)
    tracemalloc.start()
    try:
        refusal(model, "is not a readable safetensors file")
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_reading_needs_no_lightning(model):
    code = (
        "import sys\n"
        "from graphkit.training import load_model\n"
        "load_model(sys.argv[1])\n"
        "sys.exit('lightning' in sys.modules or 'sklearn' in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code, model], check=True)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells no peak of one process")
def test_reading_takes_the_memory_of_the_file(tmp_path):
    """In a process of its own; unlike ru_maxrss, VmHWM has nothing of the parent's peak."""
    size = 64_000_000
    save_model(tmp_path / "m", {}, {"w": torch.zeros(size // 4)})
    code = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from graphkit.training import load_model\n"
        "import safetensors.torch\n"
        "def peak():\n"
        "    status = Path('/proc/self/status').read_text()\n"
        "    return int(re.search(r'VmHWM:\\s*(\\d+) kB', status)[1])\n"
        "before = peak()\n"
        "tensors = load_model(sys.argv[1])[1]\n"
        "print(peak() - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "m"], capture_output=True, text=True, check=True
    )
    # The pages of the mapped file are counted beside the copy.
    assert int(done.stdout) * 1024 < 2.25 * size


# The configuration


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"not json", "is not JSON"),
        (b"\xff\xfe{}", "is not JSON"),
        (b"\x80abc", "is not JSON"),
        (b'{"a": NaN}', "is not JSON"),
        (b'{"a": Infinity}', "is not JSON"),
        (b'{"a": 1e999}', "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"a": ' + b"1" * 10_000 + b"}", "is not JSON"),
        (b"[]", "is not a JSON object"),
        (b"null", "is not a JSON object"),
        (b"{}", "not the configuration of a graphkit model"),
        (b'{"schema_version": "1"}', "not the configuration of a graphkit model"),
        (b'{"schema_version": true}', "not the configuration of a graphkit model"),
        (b'{"schema_version": 0}', "not the configuration of a graphkit model"),
        (b'{"schema_version": 2}', "schema 2 is newer"),
        (b'{"schema_version": 1}', "is not a SHA-256"),
        (b'{"schema_version": 1, "weights_sha256": "abc"}', "is not a SHA-256"),
        (b'{"schema_version": 1, "weights_sha256": 7}', "is not a SHA-256"),
        (b'{"schema_version": 1, "weights_sha256": "' + b"0" * 64 + b'"}', "its own SHA-256"),
        (b'{"a": "' + b" " * 5_000_000 + b'"}', "too large"),
    ],
)
def test_a_bad_configuration_is_refused(model, text, match):
    (model / "config.json").write_bytes(text)
    refusal(model, match)
    with pytest.raises(InputError, match=match):
        read_config(model)


@pytest.mark.parametrize(
    ("old", "new"), [('"A"', '"C"'), ('"k": 5', '"k": 6'), ('"k": 5', '"k": 5, "more": 1')]
)
def test_one_value_of_the_configuration_is_enough_to_be_refused(model, old, new):
    path = model / "config.json"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    refusal(model, "does not fit its own SHA-256")


def test_the_layout_of_the_configuration_does_not_matter(model):
    path = model / "config.json"
    before = read_config(model)
    path.write_text(json.dumps(json.loads(path.read_text()), sort_keys=True))
    assert read_config(model) == before


def test_a_newer_schema_asks_for_a_newer_graphkit(model):
    change(model, schema_version=99)
    assert refusal(model, "schema 99 is newer").remedy == "Update graphkit."


def test_an_endless_configuration_is_not_read(model):
    with (model / "config.json").open("r+b") as file:
        file.truncate(10**11)
    tracemalloc.start()
    try:
        refusal(model, "too large")
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()

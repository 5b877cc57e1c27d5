"""Files from anywhere are looked at before they are opened with what may have written them."""

from __future__ import annotations

import os
import pickle

import pytest
import torch

from graphkit.errors import InputError
from graphkit.training import check_tensors
from graphkit.training.distrust import find_member, require_finite, require_safetensors, unreadable

NAME = "model.safetensors"


class Bomb:
    def __init__(self, marker):
        self.marker = str(marker)

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


@pytest.fixture
def path(tmp_path):
    return tmp_path / NAME


def refusal(match, check, *arguments, **keywords):
    with pytest.raises(InputError, match=match) as caught:
        check(*arguments, **keywords)
    assert caught.value.file
    return caught.value


def weights(text=b"{}", data=b""):
    return len(text).to_bytes(8, "little") + text + data


# Which file


def test_a_member_is_found(path):
    path.touch()
    assert find_member(path.parent, NAME) == path


def test_a_missing_folder_or_file_is_named(tmp_path):
    refusal("no such model folder", find_member, tmp_path / "nowhere", NAME)
    refusal(r"holds no file model\.safetensors", find_member, tmp_path, NAME)


def test_a_pipe_or_a_folder_in_place_of_a_file_is_refused(path):
    os.mkfifo(path)
    refusal(r"holds no file model\.safetensors", find_member, path.parent, NAME)
    (path.parent / "config.json").mkdir()
    refusal(r"holds no file config\.json", find_member, path.parent, "config.json")


def test_a_file_in_place_of_the_folder_is_named_by_its_kind(path):
    path.write_bytes(b"text")
    refusal("is a file, not a model folder", find_member, path, NAME)
    path.write_bytes(b"PK\x03\x04")
    refusal("zip archive", find_member, path, NAME)
    path.write_bytes(pickle.dumps({}))
    refusal("is a pickle, not a model folder", find_member, path, NAME)


# What is in it


@pytest.mark.parametrize("text", [b"{}", b"{" + b" " * 126 + b"}", b"{" + b" " * 0x280 + b"}"])
def test_safetensors_pass(path, text):
    """A header of 0x80 bytes, or of 0x0280, begins as a pickle does."""
    path.write_bytes(weights(text, b"\0" * 8))
    require_safetensors(path)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_of_any_protocol_is_refused(path, protocol):
    path.write_bytes(pickle.dumps(Bomb(path.parent / "ran"), protocol=protocol))
    refusal("not safetensors|is not a safetensors file", require_safetensors, path)
    assert not (path.parent / "ran").exists()


@pytest.mark.parametrize(("modern", "kind"), [(True, "zip archive"), (False, "pickle")])
def test_a_torch_archive_is_refused(path, modern, kind):
    bomb = {"w": torch.ones(2), "bomb": Bomb(path.parent / "ran")}
    torch.save(bomb, path, _use_new_zipfile_serialization=modern)
    refusal(kind, require_safetensors, path)
    refusal(kind, find_member, path, NAME)
    assert not (path.parent / "ran").exists()


@pytest.mark.parametrize("length", [2**63, 2**64 - 1, 10**9, 10**5, 21])
def test_a_header_longer_than_the_file_is_refused(path, length):
    path.write_bytes(length.to_bytes(8, "little") + b"{}" * 10)
    refusal("not a safetensors file", require_safetensors, path)


def test_a_header_out_of_all_proportion_is_refused(path):
    path.write_bytes((5_000_000).to_bytes(8, "little") + b" " * 5_000_000)
    refusal("not a safetensors file", require_safetensors, path)


# Which numbers


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("dtype", [torch.half, torch.bfloat16, torch.float, torch.double])
def test_numbers_that_are_not_finite_are_refused(path, value, dtype):
    tensor = torch.tensor([1.0, value, 2.0], dtype=dtype)
    assert refusal("not finite", require_finite, "bad", tensor, file=path).slot == "bad"


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.int64, torch.half, torch.double])
def test_usual_numbers_pass(path, dtype):
    require_finite("w", torch.ones(3, dtype=dtype), file=path)
    require_finite("w", torch.ones(0, dtype=dtype), file=path)


@pytest.mark.parametrize("dtype", [torch.float8_e4m3fn, torch.complex64])
def test_unusual_numbers_are_refused(path, dtype):
    kind = str(dtype).removeprefix("torch.")
    tensor = torch.zeros(2, dtype=dtype)
    assert refusal(f"holds {kind}", require_finite, "bad", tensor, file=path).slot == "bad"


def test_what_cannot_be_read_says_why(path):
    error = unreadable(path, PermissionError(13, "Permission denied", str(path)))
    assert str(error) == f"{path}: cannot be read: Permission denied"


def test_shapes_that_fit_pass():
    expected = {"a": torch.zeros(2, 3), "s": torch.zeros((), dtype=torch.int64)}
    check_tensors(expected, {name: torch.ones_like(t) for name, t in expected.items()}, file="m")


@pytest.mark.parametrize(
    ("expected", "match"),
    [
        ({"a": (2, 3), "b": (1,)}, "b is missing"),
        ({}, "a is unknown"),
        ({"a": (3, 2)}, "a is 2 x 3, not 3 x 2"),
        ({"a": ()}, "a is 2 x 3, not a scalar"),
        ({str(i): (1,) for i in range(10)}, "and 8 more"),
    ],
)
def test_shapes_that_do_not_fit_are_named(expected, match):
    wanted = {name: torch.zeros(shape) for name, shape in expected.items()}
    with pytest.raises(InputError, match=match) as caught:
        check_tensors(wanted, {"a": torch.ones(2, 3)}, file="m")
    assert caught.value.file == "m"


@pytest.mark.parametrize("dtype", [torch.float16, torch.float64, torch.int64, torch.bool])
def test_numbers_of_another_kind_are_named(dtype):
    with pytest.raises(InputError, match=r"a is \w+, not float32"):
        check_tensors({"a": torch.ones(2)}, {"a": torch.ones(2, dtype=dtype)}, file="m")


def test_a_variance_is_not_negative():
    name = "norm.running_var"
    check_tensors({name: torch.ones(2)}, {name: torch.zeros(2)}, file="m")
    with pytest.raises(InputError, match=r"norm\.running_var is a variance below 0"):
        check_tensors({name: torch.ones(2)}, {name: torch.tensor([1.0, -1e-3])}, file="m")


def test_a_long_name_is_cut():
    with pytest.raises(InputError) as caught:
        check_tensors({}, {"x" * 10_000: torch.ones(1)}, file="m")
    assert len(str(caught.value)) < 300

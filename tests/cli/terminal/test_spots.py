import warnings
from pathlib import Path

import pytest

from graphkit.cli.terminal.spots import (
    Slots,
    check_places,
    number_or_auto,
    reporting,
    save,
)
from graphkit.errors import InputError
from graphkit.omics import read_spatial


def test_errors_name_the_file():
    with (
        pytest.raises(InputError, match=r"x.h5ad, obsm\['spatial'\]: missing. Put it there."),
        reporting(Path("x.h5ad"), device="cpu", threads=None),
    ):
        raise InputError("missing", slot="obsm['spatial']", remedy="Put it there.")


def test_errors_of_arguments_name_options():
    with (
        pytest.raises(InputError, match=r"x.h5ad, --n-domains: is 0. Put .* with --library-key."),
        reporting(Path("x.h5ad"), device="cpu", threads=None),
    ):
        raise InputError("is 0", slot="n_domains", remedy="Put slides apart with library_key.")


def test_errors_of_other_files_keep_their_file():
    with (
        pytest.raises(InputError, match=r"^y.png: wrong$"),
        reporting(Path("x.h5ad"), device="cpu", threads=None),
    ):
        raise InputError("wrong", file="y.png")


def test_errors_of_options_stay_as_they_are():
    error = InputError("wrong", slot="--genes")
    with (
        pytest.raises(InputError) as caught,
        reporting(Path("x.h5ad"), device="cpu", threads=None),
    ):
        raise error
    assert caught.value is error


def test_warnings_become_lines(capsys):
    with reporting(Path("x.h5ad"), device="cpu", threads=None) as device:
        warnings.warn("look", stacklevel=1)
    assert device == "cpu"
    assert capsys.readouterr().err == "Warning: look\n"


def test_a_device_that_is_not_there():
    with (
        pytest.raises(InputError, match="not available here"),
        reporting(Path("x.h5ad"), device="cuda:77", threads=None),
    ):
        pass


def test_figure_and_result_are_two_files(tmp_path):
    source = tmp_path / "in.h5ad"
    check_places(source, output=tmp_path / "a.h5ad", figure=tmp_path / "a.png")
    check_places(source, output=tmp_path / "a.h5ad", figure=None)
    with pytest.raises(InputError, match="--figure: does not end in"):
        check_places(source, output=tmp_path / "a.h5ad", figure=tmp_path / "a.h5ad")


@pytest.mark.parametrize("text", ["", "1", "0", "-3", "2.5", "seven", "AUTO", "²"])
def test_what_is_no_number_of_groups(text):
    with pytest.raises(InputError, match=r"--n-domains: is .* Give 2 or more, or auto."):
        number_or_auto(text, option="--n-domains")


def test_slots_are_read(tissue_file):
    adata = Slots(None, "spatial", "slide").read(tissue_file())
    assert adata.n_obs == 120
    with pytest.raises(InputError, match="no such column"):
        Slots(None, "spatial", "none").read(tissue_file())


def test_saved_and_read_again(small_tissue, tmp_path, capsys):
    adata = small_tissue.copy()
    adata.uns["graphkit"] = {"domain": {"verb": "find_domains"}}
    told = {"key": "domain", "source": tmp_path / "in.h5ad", "model": None}
    save(adata, tmp_path / "out.h5ad", what="done", **told)
    assert "120 spots x 250 genes done, in" in capsys.readouterr().err
    assert read_spatial(tmp_path / "out.h5ad", library_key="slide").shape == small_tissue.shape

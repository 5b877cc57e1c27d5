"""What a job leaves: each file under a name of our own, whatever its text."""

from graphkit.web.results import FILES, SHOWN, write


def test_no_name_leads_elsewhere_and_the_page_with_links_is_no_download():
    assert all("/" not in name and not name.startswith(".") for name in FILES)
    assert SHOWN not in FILES


def test_half_a_letter_does_not_stop_a_page(tmp_path):
    write(tmp_path, "page.html", "a\ud800b")
    assert (tmp_path / "page.html").read_text("utf-8") == "a\\ud800b"

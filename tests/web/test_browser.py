"""The page in a real browser, with scripts and without: pasted, opened, dropped, downloaded."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graphkit.datasets import shipped

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
DRIVER = shutil.which("chromedriver")
AXE = Path(sys.prefix) / "browser/node_modules/axe-core/axe.min.js"
EXAMPLE = shipped("mouse_lincrnas.fasta")
PATIENCE = 120  # seconds, of a machine that has other things to do

LOOKS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="no browser: apt-get install chromium chromium-driver"
)


@pytest.fixture(scope="module")
def address():
    """A page of its own process; its address."""
    served = subprocess.Popen(
        [sys.executable, "-m", "graphkit", "serve", "--port", "0"],
        stderr=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    yield re.search(r"http://\S+", served.stderr.readline())[0]
    served.terminate()
    served.stderr.read()
    served.stderr.close()
    assert served.wait() == 143


@pytest.fixture
def browser(request, tmp_path):
    """A browser with or without scripts, which saves into the folder of the test."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for one in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "hide-scrollbars"):
        options.add_argument(f"--{one}")
    preferences = {"download.default_directory": str(tmp_path)}
    if not request.param:
        preferences["profile.managed_default_content_settings.javascript"] = 2
    options.add_experimental_option("prefs", preferences)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.set_page_load_timeout(PATIENCE)
    yield driver
    driver.quit()


def until(browser, css):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.wait import WebDriverWait

    return WebDriverWait(browser, PATIENCE, ignored_exceptions=[Exception]).until(
        lambda driver: driver.find_element(By.CSS_SELECTOR, css)
    )


def look(browser, width, scheme):
    size = {"width": width, "height": 2_400, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def fits(browser, picture):
    """Nothing is wider than the screen; what that looks like is kept."""
    for width, scheme in LOOKS:
        look(browser, width, scheme)
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width, picture
        browser.save_screenshot(f"{picture}_{width}_{scheme}.png")


def is_for_everybody(browser, looks=LOOKS):
    """Axe finds nothing."""
    if not AXE.is_file():
        pytest.skip("no axe-core: npm install --prefix .venv/browser axe-core@4")
    browser.execute_script(AXE.read_text("utf-8"))
    for width, scheme in looks:
        look(browser, width, scheme)
        found = browser.execute_async_script(
            "axe.run().then(found => arguments[0](found.violations))"
        )
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def paste(browser, address):
    browser.get(address)
    until(browser, "#fasta").send_keys(EXAMPLE.read_text())
    until(browser, "form button").click()
    until(browser, "table.rows")


def drop(browser, address, table):
    browser.get(f"{address}slides")
    until(browser, "#file").send_keys(str(table))
    until(browser, "#number").send_keys("6")
    until(browser, "form button").click()
    until(browser, "img[alt^='The tissue']")


@pytest.mark.parametrize("browser", [True, False], ids=["scripts", "none"], indirect=True)
def test_paste_wait_open_a_row_and_download(browser, address, run, tmp_path):
    from selenium.webdriver.support.wait import WebDriverWait

    paste(browser, address)
    assert len(browser.find_elements("css selector", "td.id a")) == 3
    until(browser, "a[href='table.tsv']").click()
    expected = run("localize", EXAMPLE).stdout_bytes
    saved = tmp_path / "table.tsv"
    WebDriverWait(browser, PATIENCE).until(lambda _: saved.is_file())
    assert saved.read_bytes() == expected
    until(browser, "td.id a").click()
    until(browser, ".picture svg")
    assert until(browser, "h3").text.startswith("ENSMUST00000180479")


@pytest.mark.parametrize("browser", [True], ids=["scripts"], indirect=True)
def test_the_form_fits_each_screen_and_is_for_everybody(browser, address, tmp_path):
    browser.get(f"{address}?example")
    fits(browser, tmp_path / "form")
    is_for_everybody(browser, LOOKS[-1:])


@pytest.mark.slow
@pytest.mark.parametrize("browser", [True, False], ids=["scripts", "none"], indirect=True)
def test_drop_the_tissue_and_see_its_domains(browser, address, root):
    drop(browser, address, root / "data/simulated_tissue.h5ad")
    assert len(browser.find_elements("css selector", "td .swatch")) == 6


@pytest.mark.slow
@pytest.mark.parametrize("browser", [True], ids=["scripts"], indirect=True)
@pytest.mark.parametrize("place", ["", "slides", "model", "api", "nowhere"])
def test_each_page_fits_each_screen_and_is_for_everybody(browser, address, place, tmp_path):
    browser.get(address + place)
    fits(browser, tmp_path / "page")
    is_for_everybody(browser)


@pytest.mark.slow
@pytest.mark.parametrize("browser", [True], ids=["scripts"], indirect=True)
def test_each_result_fits_each_screen_and_is_for_everybody(browser, address, root, tmp_path):
    paste(browser, address)
    fits(browser, tmp_path / "table")
    is_for_everybody(browser)
    look(browser, *LOOKS[0])
    until(browser, "td.id a").click()
    until(browser, ".picture svg")
    fits(browser, tmp_path / "why")
    is_for_everybody(browser)
    drop(browser, address, root / "data/simulated_tissue.h5ad")
    fits(browser, tmp_path / "domains")
    is_for_everybody(browser)


@pytest.mark.slow
@pytest.mark.parametrize("browser", [True], ids=["scripts"], indirect=True)
def test_the_keyboard_reaches_everything(browser, address):
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.keys import Keys

    browser.get(f"{address}slides")
    wanted = {
        f"{one.tag_name} {one.accessible_name}"
        for one in browser.find_elements("css selector", "a, button, input, summary")
        if one.get_attribute("type") != "radio" and one.is_displayed()
    }
    reached = set()
    for _ in range(30):
        ActionChains(browser).send_keys(Keys.TAB).perform()
        one = browser.switch_to.active_element
        reached.add(f"{one.tag_name} {one.accessible_name}")
    assert wanted <= reached


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("curl"), reason="no curl")
def test_the_lines_for_curl_work(address, run, tmp_path):
    from graphkit.web.openapi import curl_lines

    shutil.copy(EXAMPLE, tmp_path / "lncrnas.fa")
    lines = "\n".join(("set -e", *curl_lines(address.rstrip("/"))["sequences"]))
    done = subprocess.run(["sh", "-c", lines], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == run("localize", EXAMPLE).stdout

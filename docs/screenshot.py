"""Take the picture of the page that the README shows: ``screenshot.py docs/_static/page.png``.

It needs Chromium and its driver, and Selenium, which the tests need too.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image
from selenium import webdriver
from selenium.webdriver.support.wait import WebDriverWait

PATIENCE = 120  # seconds
WIDTH, HEIGHT, COLORS = 1180, 900, 128


def main(picture: Path) -> None:
    served = subprocess.Popen(
        [sys.executable, "-m", "graphkit", "serve", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
    )
    options = webdriver.ChromeOptions()
    for one in ("headless=new", "no-sandbox", "hide-scrollbars", f"window-size={WIDTH},2400"):
        options.add_argument(f"--{one}")
    driver = webdriver.ChromeService(shutil.which("chromedriver"))
    browser = webdriver.Chrome(options=options, service=driver)
    try:
        browser.get(re.search(r"http://\S+", served.stderr.readline())[0] + "?example")
        browser.find_element("css selector", "form button").click()
        patient = WebDriverWait(browser, PATIENCE, ignored_exceptions=[Exception])
        patient.until(lambda page: page.find_element("css selector", "td.id a")).click()
        article = patient.until(lambda page: page.find_element("css selector", "article"))
        browser.execute_script("arguments[0].scrollIntoView()", article)
        article.screenshot(str(picture))
    finally:
        browser.quit()
        served.terminate()
        served.wait()
    with Image.open(picture) as taken:
        small = taken.convert("RGB").crop((0, 0, taken.width, min(taken.height, HEIGHT)))
    small.quantize(COLORS).save(picture, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

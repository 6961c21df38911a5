"""Chromium as the tests use it: found on this machine, opened without a window, and asked what it did.

Nothing is downloaded here: `python -m tests.browser.install` does that, where it may.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DRIVER = "chromedriver"


def found() -> tuple[str, str]:
    """Paths of browser and driver, "" for what is missing."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), "")
    return browser, shutil.which(DRIVER) or ""


class Chrome:
    """One browser, looking at local files."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, path: Path, *, width: int = 1280, height: int = 800, dark: bool = False) -> None:
        """Load `path` anew at this size; what was logged before is forgotten."""
        mobile = width < 600
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}
        self.command("Emulation.setDeviceMetricsOverride", **metrics)
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.command("Emulation.setEmulatedMedia", media="", features=features)
        for kind in ("browser", "performance"):
            self.driver.get_log(kind)
        self.driver.get(path.as_uri())

    def command(self, method: str, **parameters: Any) -> Any:
        """One command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(method, parameters)

    def run(self, script: str, *given: Any) -> Any:
        """What `script` returns; it runs even where the page's own may not."""
        return self.driver.execute_script(script, *given)

    def complaints(self) -> list[str]:
        """Everything in the console."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Addresses the page asked for, since it was opened."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [
            one["params"]["request"]["url"]
            for one in messages
            if one["method"] == "Network.requestWillBeSent"
        ]

    def picture(self, path: Path, *, whole: bool = True) -> None:
        """A screenshot of the whole page or the screen; only where `PICTURES` is set, being slow."""
        if not os.environ.get("PICTURES"):
            return
        done = self.command("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(done["data"]))

    def pdf(self, path: Path) -> bytes:
        """The page printed on A4."""
        done = self.command("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, preferCSSPageSize=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(printed := base64.b64decode(done["data"]))
        return printed


@contextmanager
def chrome() -> Iterator[Chrome]:
    """A browser for as long as the `with` lasts, with a profile of its own."""
    from selenium.webdriver import Chrome as Driver
    from selenium.webdriver import ChromeOptions, ChromeService

    browser, driver = found()
    options = ChromeOptions()
    options.binary_location = browser
    for flag in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-gpu", "lang=en-US"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = Driver(options=options, service=ChromeService(driver))
    try:
        yield Chrome(opened)
    finally:
        opened.quit()

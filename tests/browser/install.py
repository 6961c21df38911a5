"""Put Chromium, its driver and a Chinese font on this machine, where that may be done: as root, with apt.

    python -m tests.browser.install              ends with 4 where it cannot, and says what is missing
    python -m tests.browser.install --if-in-ci   installs only where CI is set, and always ends with 0

Only what is missing is installed. The second is for `make test`: running its tests must not change a machine
that belongs to somebody.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.browser.chrome import found

PACKAGES = {"browser": "chromium", "driver": "chromium-driver", "font": "fonts-wqy-microhei"}
PATIENCE = 600


def missing() -> list[str]:
    """Debian's packages for what is not here."""
    browser, driver = found()
    here = {"browser": bool(browser), "driver": bool(driver), "font": has_chinese()}
    return [PACKAGES[part] for part, there in here.items() if not there]


def has_chinese() -> bool:
    """Whether fontconfig knows a font for Chinese; without one there would be only empty boxes to look at."""
    if shutil.which("fc-list") is None:
        return False
    done = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False, timeout=60)
    return bool(done.stdout.strip())


def may_install() -> bool:
    """Whether apt is there and this user may use it."""
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def install(packages: list[str]) -> bool:
    """Fetch and install; False if apt cannot."""
    apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=2"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ([*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *packages]):
        try:
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
            )
        except subprocess.TimeoutExpired as error:
            print(error, file=sys.stderr)
            return False
    if done.returncode:
        print(done.stdout[-1500:] + done.stderr[-1500:], file=sys.stderr)
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    """0 if the browser tests can run, or need not; 4 (environment) if they cannot."""
    needed = missing()
    if not needed:
        return 0
    names = " ".join(needed)
    is_optional = "--if-in-ci" in arguments
    if is_optional and not os.environ.get("CI"):
        print(f"tests in a browser will be skipped; `make browser` installs {names}")
        return 0
    if may_install():
        print(f"installing {names}", flush=True)
        if install(needed) and not missing():
            return 0
    print(f"to look at reports in a browser, install: {names}", file=sys.stderr)
    return 0 if is_optional else 4


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

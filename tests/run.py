"""`make test`: finds or installs a browser for the page, then runs the suite and says what could not be run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str:
    """The path of a Chrome or Chromium, "" when there is none."""
    named = os.environ.get("CHROME", "")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), "")


def install_browser() -> None:
    """Debian's package, where we may install one; a failure is told by the search that follows."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("installing Chromium for the page tests …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-qy", "--no-install-recommends", "chromium"],
    ):
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)


def processes() -> str:
    """One more than there are cores: the browser and the databases leave each of them waiting at times."""
    return os.environ.get("TEST_PROCESSES") or str((os.cpu_count() or 1) + 1)


def main() -> int:
    """Runs everything; the exit code of pytest, or 1 where CI could not run the page."""
    browser = find_browser()
    if not browser:
        install_browser()
        browser = find_browser()
    # A file stays with one process, and they begin in the order of tests.longest.
    spread = ["-n", processes(), "--dist", "loadfile", "--no-loadscope-reorder"]
    arguments = [sys.executable, "-m", "pytest", *spread, *sys.argv[1:]]
    if not browser:
        arguments.append("--ignore=tests/page")
    code = subprocess.run(arguments, env={**os.environ, "CHROME": browser}, check=False).returncode
    if not browser:
        print(
            "\nNOT RUN: tests/page needs Chrome or Chromium. Install one, or name it: CHROME=/path make test"
        )
        return code or (1 if os.environ.get("CI") else 0)
    return code


if __name__ == "__main__":
    sys.exit(main())

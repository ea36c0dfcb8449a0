"""Measure how long pages take to open, in a browser that is running: `python -m tests.browser.opening`.

`interactive` is when the page has been read and its script has run, `loaded` when its pictures are there, too: medians,
in milliseconds from the moment the browser is told to open it.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from tests.browser import pages
from tests.browser.watch import launch, look

__all__ = ["main"]

_ROUNDS: Final = 7
_TIMES: Final = """() => {
    const [entry] = performance.getEntriesByType("navigation");
    return [entry.domContentLoadedEventEnd, entry.loadEventEnd, document.querySelectorAll("*").length];
}"""


def main() -> None:
    """Print a line for each page."""
    print(f"{'page':<24}{'kB':>8}{'elements':>10}{'interactive':>13}{'loaded':>8}   (ms, medians of {_ROUNDS})")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright, launch(playwright) as (browser, _):
        for title, make in _pages(Path(name)).items():
            file = Path(name) / "page.html"
            file.write_bytes(make())
            interactive, loaded, elements = (
                statistics.median(times) for times in zip(*_open(browser, file), strict=True)
            )
            size = file.stat().st_size / 1000
            print(f"{title:<24}{size:>8.0f}{elements:>10.0f}{interactive:>13.0f}{loaded:>8.0f}")


def _pages(folder: Path) -> dict[str, Callable[[], bytes]]:
    return {
        "a run": lambda: pages.run_page(folder),
        "a failed run": lambda: pages.run_page(folder, fails=True),
        "a table of 30 columns": lambda: pages.wide_table(30),
        "a table of 500 columns": lambda: pages.wide_table(500),
        "a comparison": pages.comparison,
        "a list of 5 runs": lambda: pages.run_index(folder),
    }


def _open(browser: Browser, file: Path) -> list[tuple[float, float, float]]:
    times = []
    for _ in range(_ROUNDS):
        with look(browser, file) as sight:
            times.append(tuple(sight.page.evaluate(_TIMES)))
    return times


if __name__ == "__main__":
    main()

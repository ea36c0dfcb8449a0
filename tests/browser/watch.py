"""A page that is opened in a browser, and all that it did besides showing itself."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, Playwright

from tests.browser.chromium import AXE, FLAGS, find_chromium

__all__ = ["Sight", "Visit", "Wire", "accessibility", "launch", "look", "visit"]

_SERIOUS: Final = ("serious", "critical")
_OWN_ERRANDS: Final = re.compile(r"^\w+ (http://)?[\w.-]+\.(google|googleapis|gstatic)\.com[:/]")
"""What Chromium connects to for itself, whatever its flags; a page's requests are noted before they get here."""

_STANDARDS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@dataclass
class Wire:
    """The only way out of the browser: a proxy that answers nothing and notes what comes.

    Attributes:
        port: of the proxy, on this machine.
        asked: the first line of each connection that is not an errand of the browser's own. The browser opens some to
            its proxy ahead of any need, and says nothing there, which tells nobody anything.
    """

    port: int
    asked: list[str] = field(default_factory=list)


@contextmanager
def wire() -> Iterator[Wire]:
    """Listen as the browser's proxy until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        tapped = Wire(server.getsockname()[1])

        def note() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    connection.settimeout(2)
                    line = connection.recv(2048).split(b"\r\n")[0].decode("latin-1")
                    if line and not _OWN_ERRANDS.match(line):
                        tapped.asked.append(line)

        thread = threading.Thread(target=note, daemon=True)
        thread.start()
        try:
            yield tapped
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


@contextmanager
def launch(playwright: Playwright) -> Iterator[tuple[Browser, Wire]]:
    """Start the browser, with a new profile and no way out but the wire."""
    with wire() as tapped:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(),
            args=[*FLAGS, f"--proxy-server=http://127.0.0.1:{tapped.port}", "--proxy-bypass-list=<-loopback>"],
        )
        try:
            yield browser, tapped
        finally:
            browser.close()


@dataclass
class Sight:
    """An opened page.

    Attributes:
        page: Playwright's.
        requests: addresses that it asked for, but its own file and data.
        complaints: errors and warnings on the console, and exceptions that nothing caught.
        dialogs: messages of alerts and the like.
        pages: addresses of other pages that it opened.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)

    @property
    def misdeeds(self) -> list[str]:
        """All that a page must not do."""
        return [*self.requests, *self.complaints, *self.dialogs, *self.pages]


@contextmanager
def look(browser: Browser, file: Path, *, scripts: bool = True, **options: Any) -> Iterator[Sight]:
    """Open a page from its file, as a colleague does who was sent it, and watch it until the block ends.

    Args:
        browser: that is running.
        file: of the page.
        scripts: whether the browser runs any.
        options: of Playwright's context: `viewport`, `color_scheme`, `reduced_motion`, `has_touch` …
    """
    context = browser.new_context(java_script_enabled=scripts, **options)
    context.set_default_timeout(10_000)
    page = context.new_page()
    sight = Sight(page)
    own = file.absolute().as_uri()
    page.on("request", lambda request: _note_request(sight, own, request.url))
    page.on("console", lambda message: _note_message(sight, message.type, message.text))
    page.on("pageerror", lambda error: sight.complaints.append(str(error)))
    page.on("dialog", lambda dialog: (sight.dialogs.append(dialog.message), dialog.dismiss()))
    context.on("page", lambda opened: sight.pages.append(opened.url) if opened is not page else None)
    try:
        page.goto(own, wait_until="load")
        yield sight
    finally:
        context.close()


@dataclass
class Visit(Sight):
    """An opened page of a server, which asks for more of it; what it asks others for is in `requests`."""


def visit(browser: Browser, server: str, path: str, *, complaints: str = "", **options: Any) -> Visit:
    """Open a page of a server on this machine, and watch it until its context is closed.

    Args:
        browser: that is running.
        server: address of the server.
        path: of the page.
        complaints: pattern of those on the console that are due, such as that of a request that was refused.
        options: of Playwright's context.
    """
    context = browser.new_context(**options)
    context.set_default_timeout(10_000)
    page = context.new_page()
    seen = Visit(page)
    page.on("request", lambda request: _note_foreign(seen, server, request.url))
    page.on(
        "console",
        lambda message: (
            None
            if complaints and re.search(complaints, message.text)
            else _note_message(seen, message.type, message.text)
        ),
    )
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
    context.on("page", lambda opened: seen.pages.append(opened.url) if opened is not page else None)
    page.goto(f"{server}{path}", wait_until="load")
    return seen


def _note_foreign(seen: Visit, server: str, address: str) -> None:
    if not address.startswith((f"{server}/", "data:")):
        seen.requests.append(address)


def _note_request(sight: Sight, own: str, address: str) -> None:
    if address.partition("#")[0] != own and not address.startswith("data:"):
        sight.requests.append(address)


def _note_message(sight: Sight, kind: str, text: str) -> None:
    if kind in ("error", "warning"):
        sight.complaints.append(text)


def accessibility(page: Page, *, within: str = "html", colors_only: bool = False) -> list[str]:
    """Return what axe-core finds serious or critical on the page as it is now.

    Args:
        page: that is open.
        within: selector of the part that is looked at.
        colors_only: look at contrasts alone, all else being as it was in other colors.
    """
    page.evaluate(AXE.read_text(encoding="utf-8"))
    only = ["color-contrast"] if colors_only else list(_STANDARDS)
    # It would fetch style sheets of other places, which the page has none of.
    options = {"preload": False, "resultTypes": ["violations"], "runOnly": only}
    found = page.evaluate("([within, options]) => axe.run(within, options)", [within, options])
    return [
        f"{violation['id']} ({violation['impact']}): {node['html']} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in _SERIOUS
        for node in violation["nodes"]
    ]

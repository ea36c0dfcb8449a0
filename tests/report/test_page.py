"""The page of a run and of a table: what is in it, what it weighs, and that it needs nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from blobprep.report.page import render_run, render_table
from tests.report.building import failed, table, view

VOID = {"meta", "link", "input", "img", "br", "col", "hr"}


class Page(HTMLParser):
    """A page that is read as strictly as it was written: each element is closed, and no id is there twice."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.feed(page.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value) for name, value in attributes]
        self.ids += [value or "" for name, value in attributes if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value) for name, value in attributes]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_page_is_well_formed_and_every_link_in_it_leads_somewhere() -> None:
    for made in (render_run(view()), render_run(view(manifest=failed())), render_table(table(), title="t", source="s")):
        page = Page(made)
        assert len(page.ids) == len(set(page.ids))
        links = [value for tag, name, value in page.attributes if name == "href" and value]
        assert {link[1:] for link in links if link.startswith("#")} <= set(page.ids)
        assert all(link.startswith(("#", "./")) for link in links)


def test_a_page_has_no_style_script_or_address_but_its_own() -> None:
    made = render_run(view())
    page = Page(made)

    assert not [name for _, name, _ in page.attributes if name == "style" or name.startswith("on")]
    assert {name for _, name, value in page.attributes if name in ("src", "srcset", "action", "data")} <= {"src"}
    assert all(
        value.startswith("data:image/png;base64,") for _, name, value in page.attributes if name == "src" and value
    )
    assert b"url(" not in made
    assert re.findall(rb"https?://[^\s<\"]*", made) == [
        b"https://contoso.blob.core.windows.net"
    ]  # an account's, as text

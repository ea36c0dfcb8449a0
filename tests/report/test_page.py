"""The page of a run and of a table: what is in it, what it weighs, and that it needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobprep.manifest import ErrorRecord, ScriptRecord
from blobprep.printable import escape
from blobprep.protocol.profiles import FrequentValue, SampleRows, TableProfile
from blobprep.report.page import render_run, render_table, warm_up
from blobprep.report.views import FigureView, LogLine, RunView
from tests.report.building import PNG, failed, manifest, numeric, table, text, view
from tests.report.reading import Page

HOSTILE = "</script><img src=x onerror=alert(1)>\u202e&#60;b\x1b[2J\x00'\"{{ 7 * 7 }}<!--"


def test_a_page_is_well_formed_and_every_link_in_it_leads_somewhere() -> None:
    for made in (render_run(view()), render_run(view(manifest=failed())), render_table(table(), title="t", source="s")):
        page = Page(made)
        assert len(page.ids) == len(set(page.ids))
        links = page.values("href")
        assert {link[1:] for link in links if link.startswith("#")} <= set(page.ids)
        assert all(link.startswith(("#", "./")) for link in links)


def test_a_page_has_no_style_script_or_address_but_its_own() -> None:
    made = render_run(view())
    page = Page(made)

    assert not [name for _, name, _ in page.attributes if name == "style" or name.startswith("on")]
    assert all(value.startswith("data:image/png;base64,") for value in page.values("src"))
    assert not {"link", "iframe", "object", "embed", "base", "form"} & page.tags
    assert b"url(" not in made
    assert b"@import" not in made
    assert re.findall(rb"https?://[^\s<\"]*", made) == [
        b"https://contoso.blob.core.windows.net"
    ]  # an account's, as text


def test_the_policy_of_a_page_allows_its_one_style_and_its_one_script_by_their_hashes() -> None:
    made = render_run(view()).decode()
    policy = next(value for value in Page(made.encode()).values("content") if value.startswith("default-src"))

    for kind, content in (
        ("style", _between(made, "<style>", "</style>")),
        ("script", _between(made, "<script>", "</script>")),
    ):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; img-src data:; ")
    assert policy.endswith("base-uri 'none'; form-action 'none'")
    assert "unsafe" not in policy


def _between(text: str, start: str, end: str) -> str:
    return text.split(start, 1)[1].split(end, 1)[0]


def test_a_run_has_its_sections_in_order_with_what_went_wrong_first() -> None:
    good, bad = Page(render_run(view())), Page(render_run(view(manifest=failed(), profiles={"dataset1": table()})))

    sections = ("failure", "results", "changes", "dataset1", "device", "ledger", "classic", "provenance")
    assert [name for name in good.ids if name in sections] == [
        "results", "changes", "dataset1", "device", "ledger", "provenance",
    ]  # fmt: skip
    assert [name for name in bad.ids if name in sections] == ["failure", "dataset1", "device", "ledger", "provenance"]


def test_a_run_is_told_in_one_sentence() -> None:
    told = Page(render_run(view())).text

    assert "Made 100 rows × 2 columns from planets.csv (100 × 2) in 1.5 s." in told
    assert "Stopped after 1.5 s, given planets.csv (100 × 2)." in Page(render_run(view(manifest=failed()))).text


def test_a_run_without_any_table_figure_or_line_has_a_page() -> None:
    bare = manifest(
        status="running", ended=None, script=None, inputs={}, outputs=(), timings={}, environment={}, accounts=(),
        parameters={}, request={},
    )  # fmt: skip

    page = Page(render_run(RunView(bare)))

    assert "The script wrote nothing." in page.text
    assert "Running" in page.text


def test_what_the_classic_runtime_restored_is_listed() -> None:
    entry = {
        "name": "pandas.DataFrame.ix", "gone": "pandas 1.0", "how": "labels first", "choice": "took labels",
        "file": "prep.py", "line": 14, "count": 3,
    }  # fmt: skip

    page = Page(render_run(view(manifest=manifest(classic=(entry,)))))

    assert "classic" in page.ids
    assert "pandas.DataFrame.ix" in page.text
    assert "prep.py:14" in page.text


def test_notes_of_a_view_are_told() -> None:
    assert (
        "The second table could not be read."
        in Page(render_run(view(notes=("The second table could not be read.",)))).text
    )


def test_a_table_is_shown_with_its_title_and_source() -> None:
    page = Page(render_table(table(), title="planets.csv", source="az://raw/planets.csv"))

    assert {"table", "table-c0", "table-c1", "table-columns", "table-associations"} <= set(page.ids)
    assert (
        page.text.index("planets.csv")
        < page.text.index("az://raw/planets.csv")
        < page.text.index("100 rows × 2 columns")
    )


def test_what_is_compared_in_the_page_is_given_to_its_script_as_json() -> None:
    made = render_run(view()).decode()

    data = json.loads(_between(made, '<script type="application/json" id="data">', "</script>"))

    assert data["results"]["columns"] == {"0": ["planet", "text"], "1": ["mass", "numeric"]}
    assert data["results"]["drawn"][0] == {"column": 0, "values": [1, None, 0], "categories": ["Mars", "Venus"]}


@settings(deadline=None, max_examples=40)
@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=12).map(lambda end: HOSTILE + end))
def test_hostile_texts_are_texts_wherever_they_stand(hostile: str) -> None:
    hostile = hostile.encode("utf-8", "backslashreplace").decode()  # as a profile's check leaves them
    made = _everywhere(hostile)

    page = Page(made)  # which fails where an element is not closed in its turn
    assert "x" not in page.values("src")
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert "49" not in page.values("title")
    assert hostile not in made.decode()
    assert escape(hostile) in page.text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\ufeff]", made.decode())
    assert made.count(b"</script>") == 2


def _everywhere(hostile: str) -> bytes:
    column = text(hostile, type=hostile, note=hostile, frequent=(FrequentValue(hostile, 3, 9),), minimum=hostile)
    profile = replace(
        table(column, numeric(hostile + "2"), cells=((hostile, "1e400"), (None, "nan"))), notes=(hostile,)
    )
    entry = dict.fromkeys(("port", "column", "kind", "detail", "remedy", "example"), hostile) | {
        "lossy": True,
        "count": 1,
    }
    restored = dict.fromkeys(("name", "gone", "how", "choice", "file"), hostile) | {"line": 1, "count": 1}
    wrong = ErrorRecord(
        "0085", hostile, f'Traceback\n  File "{hostile}", line 3, in {hostile}\n    {hostile}\n', hostile
    )
    recorded = manifest(
        run_id=hostile,
        error=wrong,
        status="failed",
        script=ScriptRecord(hostile, hostile),
        parameters={hostile: hostile},
        request={hostile: {hostile: [hostile]}},
        translations=(entry,),
        classic=(restored,),
        environment={hostile: hostile},
        timings={hostile: 0.5},
    )
    figure = FigureView(hostile, hostile, PNG, 10)
    return render_run(
        RunView(recorded, (LogLine("out", hostile),), {"results": profile, "dataset1": profile}, (figure,), (hostile,))
    )


def _many_columns() -> RunView:
    columns = [numeric(f"sensor {place}") for place in range(2_000)]
    cells = tuple(tuple("3.14159" for _ in columns) for _ in range(100))
    profile = table(*columns, rows=100, cells=cells)
    return view(profiles={"results": profile, "dataset1": profile})


def _long_cells() -> RunView:
    cells = tuple(tuple("<x>" * 660 for _ in range(40)) for _ in range(200))
    profile = table(*(text(f"c{place}") for place in range(40)), cells=cells)
    long = tuple((row, column, 10_000_000) for row in range(200) for column in range(40))
    return view(profiles={"results": replace(profile, sample=replace(profile.sample, lengths=long))})


def _many_figures() -> RunView:
    return view(
        figures=tuple(
            FigureView(f"{place}.png", f"figures/{place}.png", PNG + bytes(place * 700), place * 700)
            for place in range(200)
        )
    )


def _long_log() -> RunView:
    return view(log=tuple(LogLine("out" if place % 3 else "err", "<line> " * 15) for place in range(200_000)))


def _one_long_line() -> RunView:
    return view(log=(LogLine("out", "é" * 10_000_000), LogLine("err", "the end")))


def _long_ledger() -> RunView:
    entries = tuple(
        {"port": "results", "column": f"c{place}", "kind": "cast", "detail": "x" * 300, "lossy": place == 9_999,
         "remedy": "", "count": 1, "example": ""}
        for place in range(10_000)
    )  # fmt: skip
    return view(manifest=manifest(translations=entries, classic=entries))


def _long_traceback() -> RunView:
    return view(
        manifest=failed('  File "prep.py", line 5, in f\n    return f()\n' * 100_000 + "RecursionError: deep\n")
    )


def _much_recorded() -> RunView:
    names = {f"{place}" * 100: "é" * 5_000 for place in range(3_000)}
    outputs = tuple(replace(manifest().outputs[1], reference=f"az://raw/out/{place}" * 40) for place in range(3_000))
    return view(manifest=manifest(parameters=names, request=names, environment=names, outputs=outputs))


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (_many_columns, "columns of 2,000 have a pane"),
        (_long_cells, "rows of the sample did not fit"),
        (_many_figures, "figures not in this page"),
        (_long_log, "lines left out here; all of them are in"),
        (_one_long_line, "characters of this line left out"),
        (_long_ledger, "more in the manifest"),
        (_long_traceback, "parts left out here; the log has them"),
        (_much_recorded, "entries more in the manifest"),
    ],
)
@pytest.mark.parametrize("limit", [pytest.param(1_000_000, marks=pytest.mark.slow), 300_000])
def test_a_page_keeps_to_its_budget_and_says_what_did_not_fit(
    made: Callable[[], RunView], said: str, limit: int
) -> None:
    page = render_run(made(), bytes=limit)

    assert len(page) <= limit
    assert said in Page(page).text


@pytest.mark.parametrize("made", [_many_columns, _long_cells, _many_figures, _one_long_line, _much_recorded])
def test_a_page_without_a_budget_is_its_frame_and_says_what_is_left_out(made: Callable[[], RunView]) -> None:
    page = render_run(made(), bytes=0)

    assert len(page) < 130_000
    assert "Succeeded" in Page(page).text


def test_what_cannot_be_restored_is_listed_before_what_can() -> None:
    told = Page(render_run(_long_ledger(), bytes=300_000)).text

    assert told.index("c9999") < told.index("c0")


def test_figures_are_embedded_from_the_smallest_on_and_the_others_linked() -> None:
    page = Page(render_run(_many_figures(), bytes=1_000_000))
    named = [value for value in page.values("alt") if value.startswith("Figure ")]

    assert named == [f"Figure {place + 1}: {place}.png" for place in range(len(named))]
    assert 0 < len(named) < 200
    assert "./figures/199.png" in page.values("href")


@pytest.mark.parametrize(
    "profile",
    [
        TableProfile(0, 0),
        TableProfile(
            0, 2, columns=(text(count=0, frequent=(), unique=0), numeric(count=0, bins=None, log_bins=None, box=None))
        ),
        TableProfile(
            5, 1, columns=(text(kind="empty", type="null", count=0, missing=5, frequent=(), missing_shape=(1,) * 5),)
        ),
        TableProfile(3, 1, columns=(text(""),), sample=SampleRows((0, 1, 2), 1, (("",), (None,), ("a\nb\tc",)))),
    ],
    ids=["no columns", "no rows", "all missing", "no name"],
)
def test_a_table_with_nothing_in_it_has_a_page(profile: TableProfile) -> None:
    Page(render_table(profile, title="", source=""))


def test_a_page_is_the_same_each_time() -> None:
    warm_up()
    assert render_run(view()) == render_run(view())


def test_a_page_of_a_small_run_is_small() -> None:
    assert len(render_run(view())) < 100_000


def test_a_text_of_many_bytes_takes_as_many_of_the_budget() -> None:
    entries: tuple[Any, ...] = tuple(
        {"port": "results", "column": "漢" * 500, "detail": "字" * 600} for _ in range(500)
    )

    assert len(render_run(view(manifest=manifest(translations=entries)), bytes=250_000)) <= 250_000

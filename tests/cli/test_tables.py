from __future__ import annotations

from blobprep.cli.tables import print_finding, print_table


def test_a_table_is_aligned_and_has_no_blanks_at_its_ends(capsys):
    print_table([("1", "a", "x"), ("100", "", "yy")], right={0})

    assert capsys.readouterr().out == "  1  a  x\n100     yy\n"


def test_a_table_without_rows_prints_nothing(capsys):
    print_table([])

    assert capsys.readouterr().out == ""


def test_cells_stay_in_their_places_whatever_is_in_them(capsys):
    print_table([("a\tb\n\x1b[2J", "x"), ("c", "\u202ey")])

    assert capsys.readouterr().out == "a\\tb\\n\\x1b[2J  x\nc              \\u202ey\n"


def test_a_finding_has_its_sentences_and_remedy_below_each_other(capsys):
    print_finding("✗", "✗ blob    ", ["is gone", "cause:  a\nb"], "remedy: put it back", indent=10)

    assert capsys.readouterr().out == ("✗ blob    is gone\n          cause:  a\\nb\n          remedy: put it back\n")

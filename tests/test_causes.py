"""The exceptions behind an exception."""

from __future__ import annotations

import pytest

from blobprep.causes import walk_causes, walk_shown_causes


def _raise_chain(*, hidden: bool) -> None:
    try:
        raise OSError("first")
    except OSError as first:
        if hidden:
            raise ValueError("second") from None
        raise ValueError("second") from first


def test_causes_are_walked_by_the_links_of_python_and_of_http_libraries() -> None:
    inner, reason, argument = OSError("inner"), OSError("reason"), OSError("argument")
    error = ValueError("outer", argument)
    error.inner_exception, error.reason = inner, reason  # type: ignore[attr-defined]

    assert list(walk_causes(error)) == [error, inner, reason, argument]


def test_a_cycle_of_causes_ends() -> None:
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first

    assert list(walk_causes(first)) == [first, second]
    assert list(walk_shown_causes(first)) == [first, second]


@pytest.mark.parametrize("hidden", [False, True])
def test_a_cause_that_a_traceback_hides_is_walked_only_where_all_are_asked_for(hidden: bool) -> None:
    with pytest.raises(ValueError, match="second") as caught:
        _raise_chain(hidden=hidden)

    assert [str(cause) for cause in walk_causes(caught.value)] == ["second", "first"]
    assert [str(cause) for cause in walk_shown_causes(caught.value)] == (["second"] if hidden else ["second", "first"])

"""Children that are forked from a template, as those of a pool are, for tests that do not look at how one starts.

Starting an interpreter and importing the libraries of a run takes a third of a second of the processor's time, and most
tests of runs look at something else. A module that has the fixture `forked` has all its children forked. What cannot be
forked starts as ever: under a debugger, in a namespace, in another interpreter. Pools there, those of batches and web
services too, are lent this template and start none of their own.

`tests/sandbox/test_template.py` shows that a forked child does what an executed one does. Executed ones are those of
`tests/sandbox`, of `tests/attacks` and of every command.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest

from blobprep.sandbox.guard_process import GuardProcess
from blobprep.sandbox.launch import start
from blobprep.sandbox.template import Template, can_fork

__all__ = ["forked_from", "template"]


@contextmanager
def template() -> Iterator[Template | None]:
    """Have a template for as long as the block lasts; None where this system cannot fork one."""
    if not can_fork():
        yield None
        return
    made = Template()
    try:
        yield made
    finally:
        made.close()


class _LentTemplate(Template):
    """A template that whoever has it does not end."""

    def __init__(self, made: Template) -> None:
        self._lender = made

    def start_guard(self) -> GuardProcess:
        return self._lender.start_guard()

    def close(self) -> None:
        """Leave it to its owner."""


@contextmanager
def forked_from(made: Template | None) -> Iterator[None]:
    """Have children forked from a template, or executed where it is None, unless who starts one names another."""
    with pytest.MonkeyPatch.context() as patch:
        assert start.__kwdefaults__ is not None
        patch.setitem(start.__kwdefaults__, "template", made)
        if made is not None:  # no guard is started ahead of a run that forks one
            patch.setattr("blobprep.runs.prepare.guard_ahead", lambda *, wanted: nullcontext([]))
            # A pool makes others for scripts that name more libraries; those are its own.
            patch.setattr(
                "blobprep.sandbox.templates.Template",
                lambda libraries=(): Template(libraries) if libraries else _LentTemplate(made),
            )
        yield

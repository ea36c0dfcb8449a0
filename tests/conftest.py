"""What several test modules share."""

from __future__ import annotations

import gc
import os
from collections import defaultdict
from collections.abc import Iterator

import hypothesis
import pytest

from blobprep.sandbox.kernel_support import detect
from blobprep.sandbox.template import Template
from tests import emulator, forking
from tests.proof import unproven
from tests.remains import require_no_thread
from tests.rows import EVERY, Places, left_out
from tests.server import Certificates, Server, certificates, serve

# `make test` tries the same examples each time, so that it fails for the change it judges and for nothing else;
# `make test-all` tries new ones, and more of them.
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None, max_examples=40)
hypothesis.settings.register_profile("exploring", deadline=None, max_examples=1000, print_blob=True)
hypothesis.settings.load_profile("steady")


@pytest.hookimpl(tryfirst=True)  # before `-m "not slow"` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave rows that show what others show to `make test-all`."""
    rows = defaultdict[str, dict[Places, pytest.Function]](dict)
    for item in items:
        test = item.nodeid.partition("[")[0]
        if test in EVERY and isinstance(item, pytest.Function) and item.get_closest_marker("slow") is None:
            rows[test][tuple(sorted(item.callspec.indices.items()))] = item
    for test, found in rows.items():
        for place in left_out(test, found):
            found[place].add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Take what was collected, thousands of tests and all they import, out of every later search for garbage.

    Those who look whether a block leaves nothing search first, which would take a third of a second for each of them.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)  # before an empty list of ABIs skips a test by itself
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a part of the security proof where it cannot be given, unless leaving it out is allowed."""
    if item.get_closest_marker("landlock") is None:
        return
    what, reason = unproven(detect().landlock, os.environ)
    if what == "skip":
        pytest.skip(reason)
    if what == "fail":
        pytest.fail(reason, pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Have no module leave threads, which tests of the next one in this process would see."""
    yield
    if nextitem is None or nextitem.path != item.path:
        require_no_thread()


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of an Azurite that the tests of this process share."""
    with emulator.serve(tmp_path_factory.mktemp("azurite")) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def template() -> Iterator[Template | None]:
    """What the children of the tests of this process are forked from, in modules that have `forked`."""
    with forking.template() as made:
        yield made


@pytest.fixture(scope="module")
def forked(template: Template | None) -> Iterator[None]:
    """Children are forked, since the tests of this module do not look at how one starts (`tests/forking.py`)."""
    with forking.forked_from(template):
        yield


@pytest.fixture
def executed() -> Iterator[None]:
    """A test whose children are processes of their own from the start, in a module that has `forked`."""
    with forking.forked_from(None):
        yield


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates that the tests of this process share."""
    return certificates.make(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def trusting(authority: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process trusts the authority of the tests."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.authority))


@pytest.fixture
def server(authority: Certificates) -> Iterator[Server]:
    """An account of the test's own behind the stand-in server, over http and https."""
    with serve(authority) as server:
        yield server

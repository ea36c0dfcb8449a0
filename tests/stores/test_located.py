from __future__ import annotations

import pytest

from blobprep.stores.located import Located
from blobprep.stores.memory import MemoryStore


@pytest.mark.parametrize(
    ("container", "printed"),
    [("work", "az://work/out/"), ("work", "https://contoso.blob.core.windows.net/work/out/"), ("", "out/")],
)
@pytest.mark.parametrize("name", ["a.png", "50% a b.txt", "100%25", "deep/*.csv", "Größe?"])
def test_a_child_is_found_again_by_how_it_is_printed(container: str, printed: str, name: str) -> None:
    prefix = Located(MemoryStore(), container, "out/", printed)
    child = prefix.child(name)
    assert child.blob == f"out/{name}"
    assert prefix.named(child.printed) == child

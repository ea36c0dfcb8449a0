"""Whether the security proof can be given here: a machine without Landlock must not pass for one that confines.

A test marked `landlock` needs the kernel's Landlock. Where that is missing it fails; who cannot have it, and knows what
is then not shown, sets the variable `WITHOUT` to be let off. In CI nothing lets off.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Final, Literal

__all__ = ["WITHOUT", "unproven"]

WITHOUT: Final = "BLOBPREP_TESTS_WITHOUT_LANDLOCK"
"""A variable of the tests alone; the product does not know it."""


def unproven(
    landlock: int, environment: Mapping[str, str], platform: str = sys.platform
) -> tuple[Literal["run", "skip", "fail"], str]:
    """Decide what becomes of a test that needs Landlock, and say why.

    Args:
        landlock: the kernel's ABI; 0 where it has none.
        environment: of the tests.
        platform: as `sys.platform`.
    """
    if platform == "linux" and landlock:
        return "run", ""
    missing = "this kernel has no Landlock" if platform == "linux" else f"{platform} has no Landlock"
    if environment.get("CI", "").lower() in {"true", "1"}:
        return "fail", f"{missing}, so the confinement is not proved; CI must run on Linux 5.13 or later with Landlock"
    if environment.get(WITHOUT) == "1":
        return "skip", f"{missing}, so the confinement is not proved; allowed by {WITHOUT}=1"
    return "fail", f"{missing}, so the confinement is not proved; set {WITHOUT}=1 to skip this test"

"""What isolation of scripts this machine can give, held against what the settings ask for."""

from __future__ import annotations

from typing import Final

from blobprep.diagnostics.findings import Examination, Finding, fail, ok, warn
from blobprep.sandbox.isolation import DEFAULT_LEVEL, PROCESS_NOTICE, require_level, require_namespace
from blobprep.sandbox.kernel_support import describe
from blobprep.settings import Workspace

__all__ = ["examine_isolation"]

_TOPIC: Final = "isolation"
_MEND: Final = 'set isolation = "strict" where it is available'


def examine_isolation(workspace: Workspace) -> Examination:
    """Examine this machine; a namespace is tried out only where the settings or the kernel call for one."""
    return Examination("this machine", (_finding(workspace),))


def _finding(workspace: Workspace) -> Finding:
    level = require_level(str(workspace.script_setting("isolation") or DEFAULT_LEVEL))
    namespace = require_namespace(str(workspace.script_setting("namespace") or "auto"))
    said, error = describe(namespace)
    if level == "strict" and error is not None:
        cause = "the machine, or the container around it, lacks what confinement takes"
        return fail(_TOPIC, said.removesuffix("; nothing was run"), cause, error.remedy, type(error))
    if level == "strict":
        return ok(_TOPIC, said)
    if level == "off":
        return warn(_TOPIC, 'isolation "off" runs a script in the process of its caller', said, _MEND)
    return warn(_TOPIC, PROCESS_NOTICE, said, _MEND)

"""The isolation of scripts that this machine provides, compared with what the settings require."""

from __future__ import annotations

from typing import Final

from blobprep.diagnostics.findings import Examination, StepFinding, fail, ok, warn
from blobprep.sandbox.isolation import DEFAULT_LEVEL, PROCESS_NOTICE, require_level, require_namespace
from blobprep.sandbox.kernel_support import describe
from blobprep.settings import Workspace

__all__ = ["examine_isolation"]

_TOPIC: Final = "isolation"
_REMEDY: Final = 'set isolation = "strict" where it is available'


def examine_isolation(workspace: Workspace) -> Examination:
    """Examine this machine; create a namespace only if the settings or the kernel require one."""
    return Examination("this machine", (_finding(workspace),))


def _finding(workspace: Workspace) -> StepFinding:
    level = require_level(str(workspace.setting("script.isolation") or DEFAULT_LEVEL))
    namespace = require_namespace(str(workspace.setting("script.namespace") or "auto"))
    support, error = describe(namespace)
    if level == "strict" and error is not None:
        cause = "this machine, or the container around it, lacks what confinement needs"
        return fail(_TOPIC, support.removesuffix("; nothing was run"), cause, error.remedy, type(error))
    if level == "strict":
        return ok(_TOPIC, support)
    if level == "off":
        return warn(_TOPIC, 'isolation "off" runs a script in the process of its caller', support, _REMEDY)
    return warn(_TOPIC, PROCESS_NOTICE, support, _REMEDY)

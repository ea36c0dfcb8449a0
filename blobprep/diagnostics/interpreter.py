"""What another interpreter lacks for scripts: it is started as a run would start it, and asked."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from blobprep.diagnostics.findings import Examination, StepFinding, fail, ok
from blobprep.errors import BlobprepError, Defect, InterpreterUnusable
from blobprep.protocol import ChildRequest
from blobprep.runs.limits import limits_of
from blobprep.runs.verdict import Verdict, judge
from blobprep.sandbox.isolation import DEFAULT_LEVEL, Level, require_level, require_namespace
from blobprep.sandbox.launch import start
from blobprep.sandbox.other_interpreter import find_interpreter
from blobprep.sandbox.run_log import RunLog
from blobprep.settings import Workspace

__all__ = ["examine_interpreter"]

_TOPIC: Final = "interpreter"
_SECONDS: Final = 60
_REMEDY: Final = "install there what is missing, or name another interpreter"
_NEEDED: Final = "scripts need a CPython from 2.7 on with pandas 0.18 or later"


def examine_interpreter(workspace: Workspace, text: str) -> Examination:
    """Examine an interpreter by starting it, confined as the settings say; no script runs in it.

    Args:
        workspace: the settings in force.
        text: a path, or the name of a conda environment.
    """
    level = require_level(str(workspace.setting("script.isolation") or DEFAULT_LEVEL))
    used: Level = "process" if level == "off" else level
    try:
        path = find_interpreter(text, Path.home())
        log = RunLog()
        verdict = _ask(workspace, path, used, log)
    except BlobprepError as error:
        return Examination(f"interpreter {text}", (fail(_TOPIC, error.message, _NEEDED, error.remedy, type(error)),))
    return Examination(f"interpreter {text}", (_finding(path, used, verdict, log),))


def _ask(workspace: Workspace, path: str, level: Level, log: RunLog) -> Verdict:
    namespace = require_namespace(str(workspace.setting("script.namespace") or "auto"))
    limits = limits_of(workspace, {"timeout": _SECONDS})
    with start("interpreter", level, limits, namespace=namespace, interpreter=path) as session:
        session.require_confined()
        result = session.call(ChildRequest("interpreter"), {}, log=log, seconds=_SECONDS)
    return judge(result.ending, result.facts, limits, needs="")


def _finding(path: str, level: Level, verdict: Verdict, log: RunLog) -> StepFinding:
    if verdict.error is not None:
        error = verdict.raises or Defect(verdict.error.message)
        said = [line.partition(" | ")[2] for line in log.text().splitlines() if line.startswith(("err | ", "out | "))]
        cause = f"it said: {said[-1].strip()}" if said else _NEEDED
        remedy = _REMEDY if isinstance(error, InterpreterUnusable) else verdict.remedy
        return fail(_TOPIC, error.message, cause, remedy, type(error))
    found = verdict.facts.interpreter
    what = f"{found.get('implementation', 'Python')} {found.get('python', '')}"
    packages = f"pandas {found.get('pandas', '')} and numpy {found.get('numpy', '')}"
    return ok(_TOPIC, f'scripts can run in {path} at isolation "{level}": {what} with {packages}')

from __future__ import annotations

from pathlib import Path

import pytest

from blobprep.errors import SettingError
from blobprep.service.jobs.server import limits_of
from blobprep.service.jobs.workers import MOST_JOBS
from blobprep.settings import Workspace


def workspace(folder: Path, text: str) -> Workspace:
    (folder / "blobprep.toml").write_text(f"[server]\n{text}\n")
    return Workspace(environment={}, folder=folder)


def test_jobs_at_a_time_and_days_come_from_the_settings(tmp_path: Path) -> None:
    limits = limits_of(workspace(tmp_path, "jobs = 3\nkeep_jobs = 0.5"))
    assert (limits.here, limits.days, limits.together) == (3, 0.5, MOST_JOBS)


def test_without_settings_there_is_a_job_for_each_core(tmp_path: Path) -> None:
    limits = limits_of(workspace(tmp_path, ""))
    assert 0 < limits.here <= MOST_JOBS
    assert limits.days == 30


@pytest.mark.parametrize("setting", ["jobs = 0", "keep_jobs = -1", "jobs = nan"])
def test_a_number_that_is_not_above_0_is_refused(tmp_path: Path, setting: str) -> None:
    with pytest.raises(SettingError, match=setting.split(maxsplit=1)[0]):
        limits_of(workspace(tmp_path, setting))

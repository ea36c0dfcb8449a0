"""Whole scripts of the time: which datasets they were written for, played then and run today.

python -m tests.classic.whole    runs all of them today, in one process
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

import blobprep
from tests.classic.environments import variables
from tests.classic.probes import GOLDEN, compact, differences

__all__ = ["PRINTED", "SCRIPTS", "Whole", "play", "record", "recorded", "run", "unlike"]

_HOME = Path(__file__).parent
_FOLDER = _HOME / "scripts"
_PLAYER = _HOME / "player"


@dataclass(frozen=True)
class Whole:
    """A script, the datasets on its ports, and the folder that its module zip was made of."""

    path: Path
    datasets: tuple[Path, ...]
    bundle: Path | None

    @property
    def name(self) -> str:
        """The name in recordings: that of the language, then that of the script."""
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def environment(self) -> str:
        """The environment whose libraries and language it was written for."""
        return {"py2": "py27", "py3": "py36"}[self.path.parent.name]


# The datasets on the ports, and behind a + the folder of the module zip.
_PORTS = {
    "agg_rename": "sales weather",
    "anomaly_rolling": "sensors",
    "append_rows": "sales",
    "append_series": "scores",
    "bundle_join_path": "sales +stores",
    "bundle_pickle": "flowers +scoring",
    "chained_values": "energy",
    "churn_encode": "churn",
    "concat_frames": "sales weather",
    "cross_validation_forest": "flowers",
    "crosstab_years": "sales",
    "dict_and_map": "churn",
    "figure_dates": "energy",
    "figure_hold": "energy",
    "from_items": "churn",
    "grid_search_knn": "flowers",
    "house_regions": "houses regions",
    "imputer_scaler": "sensors",
    "integer_division": "houses",
    "iteritems_types": "passengers",
    "itertools_sets": "sales",
    "ix_flags": "energy",
    "ix_windows": "energy",
    "joblib_model": "houses",
    "kmeans_segments": "flowers",
    "lda_classify": "flowers",
    "linear_fit": "houses",
    "median_fill": "passengers",
    "next_day": "energy",
    "numpy_old_names": "houses",
    "onehot": "churn",
    "parameters_dict": "sales weather",
    "pca_components": "flowers",
    "pivot_regions": "sales weather",
    "plots_three": "flowers",
    "resample_how": "sensors",
    "reviews_sentiment": "reviews",
    "rolling_features": "energy",
    "script_bundle": "sales +pricing",
    "select_lookup": "scores",
    "set_value_loop": "scores",
    "sort_and_head": "sales",
    "stratified_split": "flowers",
    "text_clean": "reviews",
    "tfidf_words": "reviews",
    "time_features": "sensors",
    "titanic_clean": "passengers",
    "tk_backend": "sales",
    "try_except": "passengers",
    "unicode_names": "sales",
}

# What these print is not what they printed, and why.
PRINTED = {
    "py2/chained_values": "a list shows the shortest digits that name a number, not 17 of them",
    "py3/linear_fit": "a list shows numbers of numpy with their type, since numpy 2",
}


def _scripts() -> Iterator[Whole]:
    for path in sorted(_FOLDER.glob("py?/*.py")):
        words = _PORTS[path.stem].split()
        datasets = tuple(_FOLDER / "data" / f"{word}.csv" for word in words if not word.startswith("+"))
        bundles = [_FOLDER / "bundles" / word[1:] for word in words if word.startswith("+")]
        yield Whole(path, datasets, bundles[0] if bundles else None)


SCRIPTS = {script.name: script for script in _scripts()}


def play(python: str | Path, scripts: Iterable[Whole]) -> dict[str, Any]:
    """Play scripts in an interpreter of the time; return results, figures and printed lines by name."""
    requests = [
        {
            "name": script.name,
            "script": str(script.path),
            "datasets": [str(path) for path in script.datasets],
            "bundle": str(script.bundle) if script.bundle else None,
        }
        for script in scripts
    ]
    with tempfile.TemporaryDirectory() as folder:
        asked, out = Path(folder, "requests.json"), Path(folder, "out.json")
        asked.write_text(json.dumps(requests))
        command = [str(python), "-W", "ignore", str(_PLAYER / "script_player.py"), str(out), str(asked)]
        done = subprocess.run(command, env=variables(), capture_output=True, text=True, timeout=600, check=False)
        if done.returncode:
            raise RuntimeError(f"the scripts could not be played in {python}:\n{done.stderr[-1500:]}")
        return dict(json.loads(out.read_text()))


def recorded() -> dict[str, Any]:
    """Return what the scripts did then, by name."""
    return dict(json.loads((GOLDEN / "scripts.json").read_text()))


def record(played: dict[str, Any]) -> None:
    """Write what the scripts did then: one line for each."""
    (GOLDEN / "scripts.json").write_text(compact(played))


def run(script: Whole, folder: Path, **options: Any) -> dict[str, Any]:
    """Run a script unmodified through blobprep; tell the same as `play`."""
    sys.path.insert(0, str(_PLAYER))
    try:
        from described import frame  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(_PLAYER))
    output = folder / script.name.replace("/", "-")
    bundle = {"bundle": str(script.bundle)} if script.bundle else {}
    done = blobprep.run(str(script.path), *map(str, script.datasets), output=f"{output}/", **bundle, **options)
    told: dict[str, Any] = {
        "figures": [Path(name).name for name in sorted(done.figures)],
        "printed": _printed(done.log),
    }
    if done.status == "succeeded":
        # The file itself: `done.dataframe` would read it in a child of its own, fifty times.
        return {**told, "results": frame(pd.read_parquet(output / "results.parquet"))}
    return {**told, "results": {"error": [done.manifest.error.message if done.manifest.error else ""]}}


def unlike(name: str, now: dict[str, Any]) -> list[str]:
    """Tell in what a run today differs from the recording, declared differences left out."""
    then = recorded()[name]
    lines = list(differences(then["results"], now["results"], "results"))
    lines += [f"figure {figure} is missing" for figure in then["figures"] if figure not in now["figures"]]
    printed = list(differences(then["printed"], now["printed"], "printed"))
    if name not in PRINTED:
        return lines + printed
    return lines if printed else [*lines, "what it prints is declared to differ, and does not"]


def _printed(log: str) -> list[str]:
    return [line.split("out | ", 1)[1] for line in log.splitlines() if "out | " in line]


def main() -> None:
    """Run all of them in this process, and print as JSON in what each differs."""
    with tempfile.TemporaryDirectory() as folder:
        told = {name: unlike(name, run(script, Path(folder), isolation="off")) for name, script in SCRIPTS.items()}
    print(json.dumps(told))


if __name__ == "__main__":
    main()

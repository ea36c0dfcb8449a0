"""Scores by their names of then: losses are negative, as they were."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["scorer"]

_RENAMED: Final = {
    "mean_squared_error": "neg_mean_squared_error",
    "mean_absolute_error": "neg_mean_absolute_error",
    "median_absolute_error": "neg_median_absolute_error",
    "log_loss": "neg_log_loss",
}


def scorer(scoring: Any) -> Any:
    """Return a score by its present name."""
    return _RENAMED.get(scoring, scoring) if isinstance(scoring, str) else scoring

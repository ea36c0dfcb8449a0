"""Folds of `sklearn.cross_validation`: they are made by a length or by labels, and are iterated for positions."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

__all__ = [
    "KFold",
    "LabelKFold",
    "LeaveOneLabelOut",
    "LeaveOneOut",
    "LeavePLabelOut",
    "LeavePOut",
    "PredefinedSplit",
    "StratifiedKFold",
]


class _Folds:
    """Folds whose test positions a subclass tells; the others are for training."""

    n: int

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        places = np.arange(self.n)
        for test in self._tests():
            chosen = np.zeros(self.n, dtype=bool)
            chosen[test] = True
            yield places[~chosen], places[chosen]

    def __len__(self) -> int:
        raise NotImplementedError

    def _tests(self) -> Iterator[Any]:
        raise NotImplementedError


class LeaveOneOut(_Folds):
    """Every sample once for the test."""

    def __init__(self, n: int) -> None:
        self.n = int(n)

    def __len__(self) -> int:
        return self.n

    def __repr__(self) -> str:
        return f"sklearn.cross_validation.LeaveOneOut(n={self.n})"

    def _tests(self) -> Iterator[Any]:
        return iter(range(self.n))


class LeavePOut(_Folds):
    """Every choice of a number of samples once for the test."""

    def __init__(self, n: int, p: int) -> None:
        self.n, self.p = int(n), p

    def __len__(self) -> int:
        return comb(self.n, self.p)

    def _tests(self) -> Iterator[Any]:
        return (np.array(chosen) for chosen in combinations(range(self.n), self.p))


def _require_folds(n: int, n_folds: Any) -> int:
    if abs(n_folds - int(n_folds)) >= np.finfo("f").eps:
        raise ValueError("n_folds must be an integer")
    if n_folds <= 1:
        raise ValueError(
            "k-fold cross validation requires at least one train / test split by setting n_folds=2 or more"
        )
    if n_folds > n:
        raise ValueError(f"Cannot have number of folds n_folds={n_folds} greater than the number of samples: {n}.")
    return int(n_folds)


class KFold(_Folds):
    """Folds that follow one another, the first ones larger by one where the number of samples is no multiple."""

    def __init__(self, n: int, n_folds: Any = 3, shuffle: bool = False, random_state: Any = None) -> None:
        self.n = int(n)
        self.n_folds = _require_folds(self.n, n_folds)
        self.shuffle, self.random_state = shuffle, random_state
        self.idxs = np.arange(self.n)
        if shuffle:
            check_random_state(random_state).shuffle(self.idxs)

    def __len__(self) -> int:
        return self.n_folds

    def __repr__(self) -> str:
        return (
            f"sklearn.cross_validation.KFold(n={self.n}, n_folds={self.n_folds}, shuffle={self.shuffle}, "
            f"random_state={self.random_state})"
        )

    def _tests(self) -> Iterator[Any]:
        sizes = np.full(self.n_folds, self.n // self.n_folds)
        sizes[: self.n % self.n_folds] += 1
        start = 0
        for size in sizes:
            yield self.idxs[start : start + size]
            start += size


class StratifiedKFold(_Folds):
    """Folds with the share of each label, each label's samples dealt out like those of `KFold`."""

    def __init__(self, y: Any, n_folds: Any = 3, shuffle: bool = False, random_state: Any = None) -> None:
        self.y = np.asarray(y)
        self.n = len(self.y)
        self.n_folds = _require_folds(self.n, n_folds)
        self.shuffle, self.random_state = shuffle, random_state
        labels, inverse = np.unique(self.y, return_inverse=True)
        counts = np.bincount(inverse)
        if np.all(self.n_folds > counts):
            raise ValueError(f"All the n_labels for individual classes are less than {self.n_folds} folds.")
        if self.n_folds > counts.min():
            warnings.warn(
                f"The least populated class in y has only {counts.min()} members, which is too few. The minimum number "
                f"of labels for any class cannot be less than n_folds={self.n_folds}.",
                stacklevel=2,
            )
        random = check_random_state(random_state) if shuffle else random_state
        per_label = [KFold(max(count, self.n_folds), self.n_folds, shuffle, random) for count in counts]
        self.test_folds = np.zeros(self.n, dtype=int)
        for number, splits in enumerate(zip(*per_label, strict=True)):
            for label, (_, test) in zip(labels, splits, strict=True):
                folds = self.test_folds[self.y == label]
                folds[test[test < len(folds)]] = number
                self.test_folds[self.y == label] = folds

    def __len__(self) -> int:
        return self.n_folds

    def _tests(self) -> Iterator[Any]:
        return (np.flatnonzero(self.test_folds == number) for number in range(self.n_folds))


class LabelKFold(_Folds):
    """Folds in which no label is in two: the most frequent label goes into the smallest fold."""

    def __init__(self, labels: Any, n_folds: Any = 3) -> None:
        self.n = len(labels)
        self.n_folds = _require_folds(self.n, n_folds)
        unique, inverse = np.unique(labels, return_inverse=True)
        if self.n_folds > len(unique):
            raise ValueError(
                f"Cannot have number of folds n_folds={self.n_folds} greater than the number of labels: {len(unique)}."
            )
        counts = np.bincount(inverse)
        order = np.argsort(counts)[::-1]
        filled, fold_of = np.zeros(self.n_folds), np.zeros(len(unique))
        for label, count in zip(order, counts[order], strict=True):
            lightest = np.argmin(filled)
            filled[lightest] += count
            fold_of[label] = lightest
        self.idxs = fold_of[inverse]

    def __len__(self) -> int:
        return self.n_folds

    def _tests(self) -> Iterator[Any]:
        return (np.flatnonzero(self.idxs == number) for number in range(self.n_folds))


class LeaveOneLabelOut(_Folds):
    """The samples of each label once for the test."""

    def __init__(self, labels: Any) -> None:
        self.labels = np.array(labels, copy=True)
        self.n = len(self.labels)
        self.unique_labels = np.unique(labels)
        self.n_unique_labels = len(self.unique_labels)

    def __len__(self) -> int:
        return self.n_unique_labels

    def _tests(self) -> Iterator[Any]:
        return (np.flatnonzero(self.labels == label) for label in self.unique_labels)


class LeavePLabelOut(LeaveOneLabelOut):
    """The samples of each choice of several labels once for the test."""

    def __init__(self, labels: Any, p: int) -> None:
        super().__init__(labels)
        self.p = p

    def __len__(self) -> int:
        return comb(self.n_unique_labels, self.p)

    def _tests(self) -> Iterator[Any]:
        for chosen in combinations(self.unique_labels, self.p):
            yield np.flatnonzero(np.isin(self.labels, chosen))


class PredefinedSplit(_Folds):
    """Folds that are given; -1 is for training alone."""

    def __init__(self, test_fold: Any) -> None:
        self.test_fold = np.asarray(test_fold, dtype=int).ravel()
        self.n = len(self.test_fold)
        self.unique_folds = np.unique(self.test_fold[self.test_fold != -1])

    def __len__(self) -> int:
        return len(self.unique_folds)

    def _tests(self) -> Iterator[Any]:
        return (np.flatnonzero(self.test_fold == number) for number in self.unique_folds)

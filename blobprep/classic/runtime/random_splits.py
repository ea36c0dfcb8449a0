"""Splits by chance of `sklearn.cross_validation`, made by a length or by labels, and iterated for positions."""

from __future__ import annotations

import numbers
from collections.abc import Iterator
from math import ceil, floor
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

__all__ = ["Bootstrap", "LabelShuffleSplit", "ShuffleSplit", "StratifiedShuffleSplit", "safe_indexing"]


def sizes_of_split(n: int, test_size: Any, train_size: Any) -> tuple[int, int]:
    """Return the numbers of samples for training and for the test.

    Raises:
        ValueError: they are together more than there are, or none.
    """
    for name, size in (("test_size", test_size), ("train_size", train_size)):
        if size is not None and not isinstance(size, numbers.Number):
            raise ValueError(f"Invalid value for {name}: {size!r}")
        if isinstance(size, float | np.floating) and size >= 1.0:
            raise ValueError(f"{name}={size} should be smaller than 1.0 or be an integer")
    is_share = isinstance(test_size, float | np.floating)
    test = ceil(test_size * n) if is_share else test_size
    if train_size is None:
        train = n - test
    else:
        train = floor(train_size * n) if isinstance(train_size, float | np.floating) else train_size
    if test_size is None:
        test = n - train
    if train + test > n:
        raise ValueError(
            f"The sum of train_size and test_size = {train + test}, should be smaller than the number of samples {n}. "
            "Reduce test_size and/or train_size."
        )
    return int(train), int(test)


class ShuffleSplit:
    """Splits by chance, drawn anew each time."""

    def __init__(
        self, n: int, n_iter: int = 10, test_size: Any = 0.1, train_size: Any = None, random_state: Any = None
    ) -> None:
        self.n, self.n_iter, self.random_state = int(n), int(n_iter), random_state
        self.test_size, self.train_size = test_size, train_size
        self.n_train, self.n_test = sizes_of_split(self.n, test_size, train_size)

    def __len__(self) -> int:
        return self.n_iter

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        random = check_random_state(self.random_state)
        for _ in range(self.n_iter):
            order = random.permutation(self.n)
            yield order[self.n_test : self.n_test + self.n_train], order[: self.n_test]


class LabelShuffleSplit(ShuffleSplit):
    """Splits of labels by chance."""

    def __init__(
        self, labels: Any, n_iter: int = 5, test_size: Any = 0.2, train_size: Any = None, random_state: Any = None
    ) -> None:
        self.classes, self.label_indices = np.unique(labels, return_inverse=True)
        super().__init__(len(self.classes), n_iter, test_size, train_size, random_state)

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        for train, test in super().__iter__():
            yield np.flatnonzero(np.isin(self.label_indices, train)), np.flatnonzero(np.isin(self.label_indices, test))


class StratifiedShuffleSplit:
    """Splits by chance with the share of each label."""

    def __init__(
        self, y: Any, n_iter: int = 10, test_size: Any = 0.1, train_size: Any = None, random_state: Any = None
    ) -> None:
        self.y = np.array(y)
        self.n, self.n_iter, self.random_state = len(self.y), int(n_iter), random_state
        self.test_size, self.train_size = test_size, train_size
        self.n_train, self.n_test = sizes_of_split(self.n, test_size, train_size)
        self.classes, self.y_indices = np.unique(self.y, return_inverse=True)
        if np.min(np.bincount(self.y_indices)) < 2:
            raise ValueError(
                "The least populated class in y has only 1 member, which is too few. The minimum number of labels for "
                "any class cannot be less than 2."
            )
        for word, size in (("train", self.n_train), ("test", self.n_test)):
            if size < len(self.classes):
                raise ValueError(
                    f"The {word}_size = {size} should be greater or equal to the number of classes = "
                    f"{len(self.classes)}"
                )

    def __len__(self) -> int:
        return self.n_iter

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        random = check_random_state(self.random_state)
        counts = np.bincount(self.y_indices)
        shares = counts / float(self.n)
        of_train = np.round(self.n_train * shares).astype(int)
        of_test = np.minimum(counts - of_train, np.round(self.n_test * shares).astype(int))
        for _ in range(self.n_iter):
            train: list[int] = []
            test: list[int] = []
            for at, label in enumerate(self.classes):
                order = random.permutation(counts[at])
                places = np.where(self.y == label)[0][order]
                train.extend(places[: of_train[at]])
                test.extend(places[of_train[at] : of_train[at] + of_test[at]])
            if len(train) < self.n_train or len(test) < self.n_test:
                left = np.where(np.bincount(train + test, minlength=self.n) == 0)[0]
                left = random.permutation(left)
                train.extend(left[: self.n_train - len(train)])
                test.extend(left[-(self.n_test - len(test)) :])
            yield random.permutation(train), random.permutation(test)


class Bootstrap:
    """Samples drawn with replacement."""

    def __init__(
        self, n: int, n_iter: int = 3, train_size: Any = 0.5, test_size: Any = None, random_state: Any = None
    ) -> None:
        self.n, self.n_iter, self.random_state = int(n), n_iter, random_state
        self.train_size = ceil(train_size * n) if isinstance(train_size, float) else train_size
        self.test_size = (
            self.n - self.train_size if test_size is None
            else ceil(test_size * n) if isinstance(test_size, float) else test_size
        )  # fmt: skip

    def __len__(self) -> int:
        return self.n_iter

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        random = check_random_state(self.random_state)
        for _ in range(self.n_iter):
            order = random.permutation(self.n)
            train, test = order[: self.train_size], order[self.train_size : self.train_size + self.test_size]
            yield (
                train[random.randint(0, self.train_size, size=self.train_size)],
                test[random.randint(0, self.test_size, size=self.test_size)],
            )


def safe_indexing(X: Any, indices: Any) -> Any:
    """Return rows by position."""
    if hasattr(X, "iloc"):
        return X.iloc[indices]
    if hasattr(X, "shape"):
        return X.take(indices, axis=0) if hasattr(X, "take") and not hasattr(X, "tocsr") else X[indices]
    return [X[at] for at in indices]

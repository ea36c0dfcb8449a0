"""The sequences of Python 2's `random`: the same generator, from which whole numbers were drawn in another way."""

from __future__ import annotations

import math
import random
from types import ModuleType
from typing import Any, Final

from blobprep.classic.python2.errors import Python2Error, users_line

__all__ = ["RANDOM", "Random"]


class Random(random.Random):
    """A generator that yields what Python 2's did after the same seed."""

    def seed(self, a: Any = None, version: int = 2) -> None:
        """Seed by a whole number, or by the system.

        Raises:
            Python2Error: the seed is something else, whose hash is another number today.
        """
        if a is not None and not isinstance(a, int):
            raise Python2Error(f"{users_line()}random.seed({a!r:.40}) gives other numbers in Python 3; seed by an int")
        super().seed(a, version)

    def _randbelow(self, n: int) -> int:
        if n >= 1 << 53:
            return super()._randbelow(n)  # type: ignore[misc, no-any-return]
        return int(self.random() * n)

    def randrange(self, start: Any, stop: Any = None, step: Any = 1) -> int:
        """Draw from a range; a whole float is an integer."""
        whole = [int(bound) if isinstance(bound, float) and bound == int(bound) else bound for bound in (start, step)]
        end = int(stop) if isinstance(stop, float) and stop == int(stop) else stop
        return super().randrange(whole[0], end, whole[1]) if end is not None else super().randrange(whole[0])

    def choice(self, seq: Any) -> Any:
        """Draw an item."""
        return seq[int(self.random() * len(seq))]

    def shuffle(self, x: Any, random: Any = None) -> None:
        """Shuffle in place."""
        draw = random or self.random
        for index in reversed(range(1, len(x))):
            other = int(draw() * (index + 1))
            x[index], x[other] = x[other], x[index]

    def sample(self, population: Any, k: int) -> list[Any]:  # type: ignore[override]
        """Draw some items; a set is sampled too."""
        return super().sample(population if not isinstance(population, set | frozenset) else tuple(population), k)

    def gammavariate(self, alpha: float, beta: float) -> float:
        """Draw from a gamma distribution."""
        if alpha != 1.0:
            return super().gammavariate(alpha, beta)
        drawn = self.random()
        while drawn <= 1e-7:
            drawn = self.random()
        return -math.log(drawn) * beta

    def jumpahead(self, n: int) -> None:
        """Refuse: there is no such thing any more."""
        raise Python2Error(f"{users_line()}random.jumpahead was removed in Python 3")


def _make() -> ModuleType:
    module = ModuleType("random")
    shared = Random()
    module.__dict__.update({name: getattr(random, name) for name in random.__all__ if name[0].isupper()})
    methods = (*(name for name in random.__all__ if name[0].islower()), "jumpahead")
    module.__dict__.update({name: getattr(shared, name) for name in methods if hasattr(shared, name)})
    module.__dict__.update({"Random": Random, "_inst": shared, "__file__": random.__file__})
    return module


RANDOM: Final = _make()
"""The module as a translated script sees it."""

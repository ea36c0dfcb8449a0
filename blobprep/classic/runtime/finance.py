"""The financial functions that numpy had.

They solve fv + pv·(1 + rate)^nper + pmt·(1 + rate·when)/rate·((1 + rate)^nper − 1) = 0 for one of its parts.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

__all__ = ["fv", "ipmt", "irr", "mirr", "nper", "npv", "pmt", "ppmt", "pv", "rate"]

_WHEN: Final = {"end": 0, "begin": 1, "e": 0, "b": 1, 0: 0, 1: 1, "beginning": 1, "start": 1, "finish": 0}


def _when(when: Any) -> Any:
    return _WHEN[when] if np.ndim(when) == 0 else np.array([_WHEN[part] for part in when])


def _factor(interest: Any, periods: Any, when: Any) -> tuple[Any, Any]:
    """Return the growth over all periods, and what one payment of 1 in each grows to."""
    growth = (1 + interest) ** periods
    safe = np.where(interest == 0, 1.0, interest)
    return growth, np.where(interest == 0, periods, (1 + interest * when) * (growth - 1) / safe)


def _plain(value: Any) -> Any:
    return value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value


def fv(rate: Any, nper: Any, pmt: Any, pv: Any, when: Any = "end") -> Any:
    """Return the value in the future."""
    rate, nper, pmt, pv = map(np.asarray, (rate, nper, pmt, pv))
    growth, paid = _factor(rate, nper, _when(when))
    return _plain(-(pv * growth + pmt * paid))


def pv(rate: Any, nper: Any, pmt: Any, fv: Any = 0.0, when: Any = "end") -> Any:
    """Return the value at present."""
    rate, nper, pmt, fv = map(np.asarray, (rate, nper, pmt, fv))
    growth, paid = _factor(rate, nper, _when(when))
    return _plain(-(fv + pmt * paid) / growth)


def pmt(rate: Any, nper: Any, pv: Any, fv: Any = 0, when: Any = "end") -> Any:
    """Return the payment of each period."""
    rate, nper, pv, fv = map(np.asarray, (rate, nper, pv, fv))
    growth, paid = _factor(rate, nper, _when(when))
    return _plain(-(fv + pv * growth) / paid)


def nper(rate: Any, pmt: Any, pv: Any, fv: Any = 0, when: Any = "end") -> Any:
    """Return the number of periods."""
    rate, pmt, pv, fv = map(np.asarray, (rate, pmt, pv, fv))
    safe = np.where(rate == 0, 1.0, rate)
    due = pmt * (1 + rate * _when(when)) / safe
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.log((-fv + due) / (pv + due)) / np.log(1 + safe)
        return _plain(np.where(rate == 0, -(fv + pv) / pmt, found))


def ipmt(rate: Any, per: Any, nper: Any, pv: Any, fv: Any = 0.0, when: Any = "end") -> Any:
    """Return the interest in the payment of a period."""
    rate, per, nper, pv, fv = np.broadcast_arrays(rate, per, nper, pv, fv)
    begins = _when(when)
    total = globals()["pmt"](rate, nper, pv, fv, when)
    left = globals()["fv"](rate, per - 1, total, pv, when)
    interest = left * rate
    interest = np.where(begins == 1, interest / (1 + rate), interest)
    return _plain(np.where((begins == 1) & (per == 1), 0.0, interest))


def ppmt(rate: Any, per: Any, nper: Any, pv: Any, fv: Any = 0.0, when: Any = "end") -> Any:
    """Return the part of a payment that is no interest."""
    return globals()["pmt"](rate, nper, pv, fv, when) - ipmt(rate, per, nper, pv, fv, when)


def npv(rate: Any, values: Any) -> Any:
    """Return the net value at present."""
    values = np.asarray(values)
    return (values / (1 + rate) ** np.arange(len(values))).sum(axis=0)


def irr(values: Any) -> Any:
    """Return the interest at which the net value at present is 0; of several, the one nearest to 0."""
    roots = np.roots(values[::-1])
    real = roots[(roots.imag == 0) & (roots.real > 0)].real
    if real.size == 0:
        return np.nan
    found = 1 / real - 1
    return found.item(np.argmin(np.abs(found)))


def mirr(values: Any, finance_rate: Any, reinvest_rate: Any) -> Any:
    """Return the modified rate of return."""
    values = np.asarray(values, dtype=float)
    gains, losses = values * (values > 0), values * (values < 0)
    if not (values > 0).any() or not (values < 0).any():
        return np.nan
    grown, spent = np.abs(npv(reinvest_rate, gains)), np.abs(npv(finance_rate, losses))
    return (grown / spent) ** (1.0 / (values.size - 1)) * (1 + reinvest_rate) - 1


def rate(nper: Any, pmt: Any, pv: Any, fv: Any, when: Any = "end", guess: float = 0.1, tol: float = 1e-6,
         maxiter: int = 100) -> Any:  # fmt: skip
    """Return the interest of each period, found step by step."""
    begins = _when(when)
    nper, pmt, pv, fv = map(np.asarray, (nper, pmt, pv, fv))
    found: Any = guess
    for _ in range(maxiter):
        growth, before = (found + 1) ** nper, (found + 1) ** (nper - 1)
        value = fv + growth * pv + pmt * (growth - 1) * (found * begins + 1) / found
        slope = (
            nper * before * pv
            - pmt * (growth - 1) * (found * begins + 1) / found**2
            + nper * pmt * before * (found * begins + 1) / found
            + pmt * (growth - 1) * begins / found
        )
        step = value / slope
        found = found - step
        if np.all(np.abs(step) < tol):
            return found
    return np.nan + found

"""Times of pandas and time zones as plain numbers and names: what `values` and `columns` find besides Python's own.

A value that this version of pandas does not have becomes the nearest one that Python has.
"""

from __future__ import absolute_import

import datetime

import numpy as np
import pandas as pd

__all__ = [
    "HAS_STRINGS",
    "HAS_UNITS",
    "NA",
    "PER_SECOND",
    "datetime_of",
    "span_of",
    "span_parts",
    "stamp_of",
    "stamp_parts",
    "to_nanoseconds",
    "zone_name",
    "zone_of",
]

NA = getattr(pd, "NA", None)
"""The missing value of nullable columns; None where this pandas has none."""

PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}

_LEAST, _MOST = -(2**63) + 1, 2**63 - 1  # the least number of all is that of a missing time
_EPOCH = datetime.datetime(1970, 1, 1)
_VERSION = tuple(int(part) for part in pd.__version__.split(".")[:1])
HAS_UNITS = _VERSION >= (2,)
"""Whether times of this pandas can have another unit than nanoseconds."""

HAS_STRINGS = _VERSION >= (3,)
"""Whether this pandas holds text in a type of its own, unless it is told otherwise."""


def zone_name(zone):
    """Return what a zone is called: a name, seconds east of UTC where it has none, None for no zone."""
    if zone is None:
        return None
    for attribute in ("zone", "key"):  # of pytz, of zoneinfo
        name = getattr(zone, attribute, None)
        if name:
            return str(name)
    path = str(zone)  # of dateutil: tzfile('/usr/share/zoneinfo/Europe/Berlin')
    if path.startswith("tzfile(") and "zoneinfo/" in path:
        return path.rpartition("zoneinfo/")[2].rstrip("')")
    try:
        offset = zone.utcoffset(None)
        if offset is None:
            offset = zone.utcoffset(_EPOCH)
    except Exception:  # a zone of the script's own
        offset = None
    if offset is None:
        return "UTC"
    seconds = int(offset.days * 86400 + offset.seconds)
    return seconds or "UTC"


def zone_of(name):
    """Return a zone by its name; UTC where this machine does not know it."""
    if name is None:
        return None
    if isinstance(name, int):
        if hasattr(datetime, "timezone"):
            return datetime.timezone(datetime.timedelta(seconds=name))
        import pytz

        return pytz.FixedOffset(name // 60)
    try:
        return (
            pd.Timestamp("2000-01-01", tz=str(name)).tzinfo if name != "UTC" else pd.Timestamp("now", tz="UTC").tzinfo
        )
    except Exception:  # of which exception depends on the library of zones
        return pd.Timestamp("now", tz="UTC").tzinfo


def to_nanoseconds(number, unit):
    """Return a number of nanoseconds; None where that is beyond 64 bits."""
    scaled = number * (PER_SECOND["ns"] // PER_SECOND[unit])
    return scaled if _LEAST <= scaled <= _MOST else None


def datetime_of(number, unit, zone=None):
    """Return a time as Python's own, which has microseconds, and years 1 to 9999.

    Raises:
        OverflowError: it has no such time.
    """
    made = _EPOCH + datetime.timedelta(microseconds=number * PER_SECOND["us"] // PER_SECOND[unit])
    return made if zone is None else made.replace(tzinfo=zone_of("UTC")).astimezone(zone)


def stamp_parts(stamp):
    """Return a timestamp's number, unit and zone."""
    plain = stamp if stamp.tzinfo is None else stamp.tz_convert("UTC").tz_localize(None)
    unit = getattr(stamp, "unit", "ns")
    number = plain.asm8.view("i8") if HAS_UNITS else plain.value
    return int(number), str(unit), zone_name(stamp.tzinfo)


def stamp_of(number, unit, zone):
    """Return a timestamp, or a `datetime` where this pandas cannot hold it."""
    known = zone_of(zone)
    if HAS_UNITS:
        made = pd.Timestamp(np.datetime64(number, unit))
    else:
        scaled = to_nanoseconds(number, unit)
        if scaled is None:
            return datetime_of(number, unit, known)
        made = pd.Timestamp(scaled)
    return made if known is None else made.tz_localize("UTC").tz_convert(known)


def span_parts(span):
    """Return a timedelta's number and unit."""
    return int(span.asm8.view("i8")) if HAS_UNITS else int(span.value), str(getattr(span, "unit", "ns"))


def span_of(number, unit):
    """Return a timedelta of pandas, or Python's own where this pandas cannot hold it."""
    if HAS_UNITS:
        return pd.Timedelta(np.timedelta64(number, unit))
    scaled = to_nanoseconds(number, unit)
    if scaled is None:
        return datetime.timedelta(microseconds=number * PER_SECOND["us"] // PER_SECOND[unit])
    return pd.Timedelta(scaled, unit="ns")

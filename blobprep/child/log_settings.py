"""What a script may set in Python's `logging`, taken down and put back between two requests to one child."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, Final

__all__ = ["log_hooks", "read_log_settings", "restore_log_settings"]

_ROOT: Final = ""
_NEW: Final = (logging.NOTSET, True, False, (), ())  # a logger as it is made

_Settings = tuple[int, dict[str, tuple[Any, ...]], dict[logging.Handler, tuple[Any, ...]]]


def read_log_settings() -> _Settings:
    """Return what holds for all loggers, for each by name, and for each of their handlers."""
    loggers = {
        name: (logger.level, logger.propagate, logger.disabled, tuple(logger.handlers), tuple(logger.filters))
        for name, logger in _loggers()
    }
    handlers = {handler: _settings_of(handler) for _, _, _, used, _ in loggers.values() for handler in used}
    return logging.root.manager.disable, loggers, handlers


def restore_log_settings(settings: _Settings) -> None:
    """Put them back; a logger made since then is as new, but for handlers that write nothing."""
    disabled, loggers, handlers = settings
    for name, logger in _loggers():
        silent = tuple(handler for handler in logger.handlers if isinstance(handler, logging.NullHandler))
        level, propagate, off, used, filters = loggers.get(name, (*_NEW[:3], silent, ()))
        logger.propagate, logger.disabled = propagate, off
        logger.handlers[:], logger.filters[:] = used, filters
        logger.setLevel(level)
    for handler, (level, formatter, filters) in handlers.items():
        handler.setLevel(level)
        handler.setFormatter(formatter)
        handler.filters[:] = filters
    logging.disable(disabled)


def log_hooks() -> tuple[object, ...]:
    """Return what else a script may set there, to be compared only."""
    return logging.getLoggerClass(), logging.getLogRecordFactory(), logging.lastResort, logging.raiseExceptions


def _settings_of(handler: logging.Handler) -> tuple[Any, ...]:
    return handler.level, handler.formatter, tuple(handler.filters)


def _loggers() -> Iterator[tuple[str, logging.Logger]]:
    yield _ROOT, logging.root
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger):  # else a name that only stands between two others
            yield name, logger

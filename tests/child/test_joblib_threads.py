"""Threads take the place of processes where a script is confined."""

from __future__ import annotations

import subprocess
import sys
import threading
from multiprocessing.synchronize import RECURSIVE_MUTEX, SEMAPHORE

import pytest

from blobprep.child.confined.joblib_threads import SharedLock


def lock(kind: int = SEMAPHORE, value: int = 1, most: int = 1) -> SharedLock:
    return SharedLock(kind, value, most, "/name", True)


def elsewhere(action) -> object:
    """Do something in another thread."""
    told: list[object] = []
    thread = threading.Thread(target=lambda: told.append(action()))
    thread.start()
    thread.join()
    return told[0]


def test_a_lock_is_taken_once_until_it_is_given_back() -> None:
    held = lock()

    assert held.acquire()
    assert not held.acquire(block=False)
    assert not held.acquire(timeout=0.01)
    held.release()
    assert elsewhere(held.acquire)


def test_its_owner_may_take_a_recursive_lock_again_and_others_may_not() -> None:
    held = lock(RECURSIVE_MUTEX)

    with held, held:
        assert held._count() == 2
        assert elsewhere(lambda: held.acquire(block=False)) is False
    assert elsewhere(lambda: held.acquire(block=False)) is True
    with pytest.raises(AssertionError):
        held.release()


def test_more_than_there_were_cannot_be_given_back() -> None:
    with pytest.raises(ValueError, match="too many times"):
        lock().release()


def test_one_who_waits_gets_what_another_gives_back() -> None:
    empty = lock(value=0, most=2)
    waiting = threading.Thread(target=empty.acquire)
    waiting.start()
    empty.release()
    waiting.join(10)

    assert not waiting.is_alive()
    assert empty._is_zero()


USE = """
import warnings
warnings.simplefilter("error")
from blobprep.child.confined.joblib_threads import use_threads
use_threads()
import multiprocessing, threading, time, sys
with multiprocessing.Lock(), multiprocessing.RLock(), multiprocessing.Semaphore(2): pass
queue = multiprocessing.SimpleQueue(); queue.put(1); assert queue.get() == 1
import joblib
def name(_):
    time.sleep(0.05)
    return threading.get_ident()
idents = set(joblib.Parallel(n_jobs=4)(joblib.delayed(name)(each) for each in range(8)))
assert len(idents) > 1, idents
assert joblib.effective_n_jobs(4) == 4
assert not multiprocessing.active_children()
"""


def test_joblib_computes_in_threads_by_itself() -> None:
    pytest.importorskip("joblib")
    done = subprocess.run([sys.executable, "-c", USE], capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 0, done.stderr

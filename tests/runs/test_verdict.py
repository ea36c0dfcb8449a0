from __future__ import annotations

import signal
from dataclasses import replace

import pytest

from blobprep.errors import BundleError, DatasetError, Defect
from blobprep.limits import Limits
from blobprep.protocol import Facts, Failure, FailureKind, TableFacts, encode_facts
from blobprep.runs.verdict import error_0085, judge
from blobprep.sandbox.call import Ending

DONE = Ending(0, "", asked=True, complete=True, scripted=True)
RESULTS = encode_facts(Facts(outputs={"results": TableFacts(1, 1)}))
TRACEBACK = 'Traceback (most recent call last):\n  File "prep.py", line 2, in azureml_main\nKeyError: 1\n'


def failed(kind: FailureKind) -> bytes:
    return encode_facts(Facts(Failure(kind, "what happened", "what to do", TRACEBACK, "dataset1")))


def test_success_is_a_clean_end_with_results_and_no_failure() -> None:
    verdict = judge(DONE, RESULTS, Limits())

    assert verdict.error is None
    assert verdict.raises is None
    assert verdict.facts.outputs["results"] == TableFacts(1, 1)


def test_an_operation_without_results_needs_none() -> None:
    assert judge(DONE, encode_facts(Facts()), Limits(), needs="").error is None


def test_a_child_of_this_process_has_no_status() -> None:
    assert judge(Ending(None, "", asked=True, complete=True), RESULTS, Limits()).error is None


def test_error_0085_is_the_text_clients_of_studio_knew() -> None:
    assert error_0085(TRACEBACK) == (
        "Error 0085: The following error occurred during script evaluation, please view the output log for more "
        "information:\r\n"
        "---------- Start of error message from Python interpreter ----------\r\n"
        "Caught exception while executing function: Traceback (most recent call last):\n"
        '  File "prep.py", line 2, in azureml_main\n'
        "KeyError: 1\n"
        "\r\n"
        "\r\n"
        "---------- End of error message from Python  interpreter  ----------"
    )


def test_a_script_that_failed_is_error_0085_with_its_traceback_and_raises_nothing() -> None:
    verdict = judge(DONE, failed("script"), Limits())

    assert verdict.error is not None
    assert (verdict.error.code, verdict.error.message) == ("0085", error_0085(TRACEBACK))
    assert verdict.error.traceback == TRACEBACK
    assert verdict.raises is None
    assert verdict.remedy == "what to do"


@pytest.mark.parametrize(("kind", "code"), [("memory", "memory"), ("disk", "disk"), ("lossless", "lossless")])
def test_a_limit_or_a_promise_that_stopped_the_script_has_its_own_code(kind: FailureKind, code: str) -> None:
    verdict = judge(DONE, failed(kind), Limits(), lossless=True)

    assert verdict.error is not None
    assert verdict.error.code == code
    assert "what happened" in verdict.error.message
    assert verdict.raises is None


@pytest.mark.parametrize(("kind", "raised"), [("dataset", DatasetError), ("bundle", BundleError), ("defect", Defect)])
def test_what_is_not_the_scripts_fault_raises(kind: FailureKind, raised: type[Exception]) -> None:
    verdict = judge(replace(DONE, scripted=False), failed(kind), Limits())

    assert verdict.error is not None
    assert type(verdict.raises) is raised
    assert "what happened" in verdict.raises.message


@pytest.mark.parametrize("kind", ["dataset", "bundle", "defect", "lossless"])
def test_once_the_script_was_loaded_every_claim_is_the_scripts_word(kind: FailureKind) -> None:
    verdict = judge(DONE, failed(kind), Limits())

    assert verdict.raises is None
    assert verdict.error is not None
    assert (verdict.error.code, verdict.error.message) == ("0085", error_0085(TRACEBACK))


@pytest.mark.parametrize(
    ("ending", "facts", "said"),
    [
        (Ending(0, "", True, False), RESULTS, "status 0 and without a result"),
        (Ending(3, "", True, False), b"", "status 3 and without a result"),
        (Ending(3, "", True, True), RESULTS, "status 3 and without a result"),
        (DONE, b"", "status 0 and without a result"),
        (DONE, b"garbage", "status 0 and without a result"),
        (DONE, encode_facts(Facts()), "status 0 and without a result"),
        (Ending(None, "", True, False), b"", "how it ended is not known"),
        (Ending(-signal.SIGSEGV, "", True, False), b"", "ended by SIGSEGV"),
        (Ending(-signal.SIGKILL, "", True, False), b"", "SIGKILL, probably because the machine ran out of memory"),
        (Ending(-signal.SIGKILL, "killed", True, True), RESULTS, "blobprep stopped the script's process"),
        (Ending(-99, "", True, False), b"", "ended by signal 99"),
    ],
)
def test_an_end_without_a_result_is_the_scripts_failure_and_says_how_it_ended(
    ending: Ending, facts: bytes, said: str
) -> None:
    verdict = judge(replace(ending, scripted=True), facts, Limits())

    assert verdict.error is not None
    assert verdict.error.code == "0085"
    assert said in verdict.error.message
    assert verdict.raises is None


def test_an_end_before_the_script_began_is_a_matter_of_the_inputs() -> None:
    crash = Ending(-signal.SIGSEGV, "", asked=True, complete=False)
    verdict = judge(crash, b"", Limits())

    assert isinstance(verdict.raises, DatasetError)
    assert verdict.raises.message == "the inputs could not be read: the process that reads them was ended by SIGSEGV"


@pytest.mark.parametrize("ending", [Ending(-9, "memory", True, False), Ending(0, "", True, True)])
def test_a_limit_that_reading_the_inputs_exceeded_is_not_blamed_on_the_script(ending: Ending) -> None:
    for scripted, blamed in ((True, "the script used more than"), (False, "reading the inputs used more than")):
        error = judge(replace(ending, scripted=scripted), failed("memory"), Limits(memory=1000)).error

        assert error is not None
        assert error.message.startswith(blamed)


def test_a_crash_under_a_limit_on_memory_names_the_limit() -> None:
    crash = Ending(-signal.SIGSEGV, "", True, False)

    assert judge(crash, b"", Limits()).remedy == ""
    assert "--memory" in judge(crash, b"", Limits(memory=1000)).remedy


@pytest.mark.parametrize(
    ("cause", "said", "option"),
    [
        ("time", "within 5 seconds, the limit set by [script] timeout", "--timeout"),
        ("memory", "more than 1000 bytes of memory, the limit set by [script] memory", "--memory"),
        ("cpu", "more than 1 second of CPU time, the limit set by [script] cpu", "--limit cpu="),
        ("disk", "more than 10 GB", "--limit disk="),
        ("files", "more than 100000 files and folders", "--limit files="),
        ("processes", "more than 1024 threads and processes", "--limit processes="),
        ("log", "more than 1 GB to its output and error streams", "--limit log="),
    ],
)
@pytest.mark.parametrize("facts", [b"", RESULTS, failed("script")])
def test_a_limit_counts_whatever_the_facts_say(cause: str, said: str, option: str, facts: bytes) -> None:
    verdict = judge(Ending(-9, cause, True, False), facts, Limits(timeout=5, memory=1000, cpu=1))

    assert verdict.error is not None
    assert verdict.error.code == cause
    assert said in verdict.error.message
    assert option in verdict.remedy


@pytest.mark.parametrize(
    ("kind", "limits", "crowded", "code", "said"),
    [
        (
            "memory",
            Limits(memory=2**31),
            False,
            "memory",
            "more than 2 GiB of memory, the limit set by [script] memory",
        ),
        ("memory", Limits(), False, "memory", "memory ran out: what happened"),
        ("disk", Limits(disk=10**9), False, "disk", "the disk is full: what happened"),
        ("file", Limits(disk=10**9), False, "disk", "more than 1 GB, the limit set by [script] disk"),
        (
            "file",
            Limits(disk=None),
            False,
            "disk",
            "a file exceeded this system's file size limit: what happened",
        ),
        ("threads", Limits(processes=9), True, "processes", "more than 9 threads and processes, the limit"),
        ("threads", Limits(memory=2**30), False, "memory", "more than 1 GiB of memory, the limit"),
        ("threads", Limits(memory=2**40), False, "0085", "KeyError: 1"),
    ],
)
def test_what_was_refused_to_a_script_is_its_limit_or_the_machines(
    kind: FailureKind, limits: Limits, crowded: bool, code: str, said: str
) -> None:
    verdict = judge(Ending(0, "", True, True, crowded), failed(kind), limits)

    assert verdict.error is not None
    assert verdict.error.code == code
    assert said in verdict.error.message
    assert verdict.error.traceback == TRACEBACK
    assert verdict.remedy


@pytest.mark.parametrize(("code", "limits", "expected"), [(-25, Limits(), "disk"), (-25, Limits(disk=None), "0085")])
def test_the_signal_of_a_file_that_is_too_large_is_its_limit(code: int, limits: Limits, expected: str) -> None:
    verdict = judge(Ending(code, "", True, False, scripted=True), b"", limits)

    assert verdict.error is not None
    assert verdict.error.code == expected


def test_a_child_that_cannot_start_within_its_memory_hit_a_limit() -> None:
    verdict = judge(Ending(1, "", asked=False, complete=False), b"", Limits(memory=1000))

    assert verdict.error is not None
    assert (verdict.error.code, verdict.raises) == ("memory", None)
    assert "--memory" in verdict.remedy


def test_a_child_that_was_never_asked_is_a_defect() -> None:
    assert isinstance(judge(Ending(1, "", asked=False, complete=False), b"", Limits()).raises, Defect)


def test_text_no_file_can_hold_is_escaped_in_the_record() -> None:
    facts = encode_facts(Facts(Failure("script", "lone \ud800", traceback="lone \ud800")))

    error = judge(DONE, facts, Limits()).error

    assert error is not None
    assert "lone \\ud800" in error.message.encode().decode()

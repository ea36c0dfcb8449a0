from __future__ import annotations

import functools
import linecache
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

from blobprep.child.script import entry
from blobprep.child.script.entry import ScriptFailed, call, describe_failure, load_function, load_source
from blobprep.protocol import Failure


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    sys.modules.pop(entry.MODULE_NAME, None)
    linecache.cache.pop("prep.py", None)


def fail(source: str | bytes, *frames: Any, name: str = "prep.py") -> Failure:
    """Run a script that fails, as the child does, and describe its failure."""
    data = source.encode() if isinstance(source, str) else source
    with pytest.raises(BaseException) as raised:  # noqa: PT011, RUF100  any at all
        call(load_source(data, name, {}), frames)
    return describe_failure(raised.value.with_traceback(raised.tb.tb_next))  # without this frame


def test_the_entry_point_is_called_with_the_frames_in_order() -> None:
    main = load_source(b"def azureml_main(*frames):\n    return frames", "prep.py", {})

    assert call(main, []) == ()
    assert call(main, ["first"]) == ("first",)
    assert call(main, ["first", "second"]) == ("first", "second")


@pytest.mark.parametrize("connected", [0, 1, 2])
@pytest.mark.parametrize(
    ("signature", "least", "most"),
    [("", 0, 0), ("a", 1, 1), ("a, b", 2, 2), ("a=None", 0, 1), ("a=None, b=None", 0, 2), ("a, b=None", 1, 2)],
)
def test_arity_is_pythons_own_affair(signature: str, least: int, most: int, connected: int) -> None:
    source = f"def azureml_main({signature}):\n    return 'called'"
    frames = [object()] * connected

    if least <= connected <= most:
        assert call(load_source(source.encode(), "prep.py", {}), frames) == "called"
    else:
        failure = fail(source, *frames)
        assert failure.kind == "script"
        assert failure.message.startswith("TypeError: azureml_main() ")
        assert "positional argument" in failure.message
        assert failure.traceback == f"Traceback (most recent call last):\n{failure.message}\n"


def test_parameters_are_a_global_and_the_only_thing_injected() -> None:
    main = load_source(
        b"seen = dict(globals())\ndef azureml_main():\n    return blobprep_parameters, seen",
        "prep.py",
        {"year": "2024"},
    )

    parameters, seen = call(main, [])

    assert parameters == {"year": "2024"}
    assert {name for name in seen if not name.startswith("__")} == {"blobprep_parameters"}
    assert seen["__name__"] != "__main__"


def test_a_script_can_find_its_own_module_and_file() -> None:
    main = load_source(b"import sys\ndef azureml_main():\n    return sys.modules[__name__].__file__", "az://c/p.py", {})

    assert call(main, []) == "az://c/p.py"


@pytest.mark.parametrize("source", ["", "x = 1", "azureml_main = 5", "def Azureml_Main():\n    pass"])
def test_a_script_without_an_entry_point_is_told_what_to_write(source: str) -> None:
    failure = fail(source)

    assert failure.kind == "script"
    assert "def azureml_main(dataframe1=None, dataframe2=None):" in failure.message
    assert not failure.traceback


def test_a_failure_in_the_call_shows_the_users_lines_and_no_others() -> None:
    failure = fail("# a comment\ndef azureml_main():\n    return help_me()\n\ndef help_me():\n    return 1 / 0\n")

    assert failure.message == "ZeroDivisionError: division by zero"
    assert without_marks(failure.traceback) == (
        "Traceback (most recent call last):\n"
        '  File "prep.py", line 3, in azureml_main\n'
        "    return help_me()\n"
        '  File "prep.py", line 6, in help_me\n'
        "    return 1 / 0\n"
        "ZeroDivisionError: division by zero\n"
    )


def test_a_failure_at_import_shows_the_users_line() -> None:
    failure = fail("import os\nprint(undefined)\n")

    assert without_marks(failure.traceback) == (
        "Traceback (most recent call last):\n"
        '  File "prep.py", line 2, in <module>\n'
        "    print(undefined)\n"
        "NameError: name 'undefined' is not defined\n"
    )


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("x = 1\ndef azureml_main(:\n    pass", 2, "SyntaxError: invalid syntax"),
        ("def azureml_main():\nreturn 1", 2, "IndentationError: expected an indented block"),
        ("def azureml_main():\n\tx = 1\n        return x", 3, "TabError: inconsistent use of tabs and spaces"),
        ("print 'Python 2'", 1, "SyntaxError: Missing parentheses in call to 'print'"),
    ],
)
def test_a_script_that_is_no_python_shows_where(source: str, line: int, message: str) -> None:
    failure = fail(source)

    assert failure.kind == "script"
    assert failure.message.startswith(message)
    assert failure.traceback.startswith(f'  File "prep.py", line {line}\n    {source.splitlines()[line - 1].strip()}')
    assert "blobprep" not in failure.traceback


def test_a_module_that_is_no_python_shows_the_import_and_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_module.py").write_text("x = = 1\n")
    monkeypatch.syspath_prepend(tmp_path)

    failure = fail("\nimport broken_module\n")

    assert '  File "prep.py", line 2, in <module>\n    import broken_module\n' in failure.traceback
    assert "broken_module.py" in failure.traceback
    assert "x = = 1" in failure.traceback


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (b"\xef\xbb\xbf# with a mark\r\nraise KeyError('\xc3\xa4')  # \xc3\xa4\r\n", "raise KeyError('ä')  # ä"),
        (b"# coding: latin-1\nraise KeyError('\xe4')  # \xe4\n", "raise KeyError('ä')  # ä"),
        (
            b"# a page\x0c break, \xe2\x80\xa8 a separator, \x1c and \xc2\x85\nraise KeyError('\xc3\xa4')\n",
            "raise KeyE",
        ),
        (b"# old Macintosh\rraise KeyError('\xc3\xa4')\r", "raise KeyError('ä')"),
    ],
    ids=["mark", "latin-1", "separators", "returns"],
)
def test_lines_are_counted_and_read_as_the_compiler_does(source: bytes, shown: str) -> None:
    failure = fail(source)

    assert f'  File "prep.py", line 2, in <module>\n    {shown}' in failure.traceback


@pytest.mark.parametrize("source", ["import sys\nsys.exit(3)", "import sys\ndef azureml_main():\n    sys.exit(3)"])
def test_leaving_by_sys_exit_is_a_failure_with_a_remedy(source: str) -> None:
    failure = fail(source)

    assert failure.kind == "script"
    assert failure.message == "SystemExit: 3"
    assert "return" in failure.remedy


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "GeneratorExit", "BaseException"])
def test_an_exception_of_any_kind_is_the_scripts_failure(error: str) -> None:
    assert fail(f"def azureml_main():\n    raise {error}()").message == error


def test_a_missing_module_is_answered_with_the_bundle() -> None:
    failure = fail("import no_such_module.part\n")

    assert failure.message == "ModuleNotFoundError: No module named 'no_such_module'"
    assert "--bundle" in failure.remedy
    assert "no_such_module is" in failure.remedy


def test_causes_and_contexts_are_shown_without_our_frames() -> None:
    failure = fail(
        "def azureml_main():\n"
        "    try:\n"
        "        int('x')\n"
        "    except ValueError as error:\n"
        "        raise RuntimeError('outer') from error\n"
    )

    assert failure.message == "RuntimeError: outer"
    assert "direct cause" in failure.traceback
    assert failure.traceback.count('File "prep.py"') == 2
    assert "blobprep" not in failure.traceback


def test_exception_groups_are_shown_without_our_frames() -> None:
    failure = fail("def azureml_main():\n    raise ExceptionGroup('two', [ValueError('a'), TypeError('b')])\n")

    assert "ValueError: a" in failure.traceback
    assert "TypeError: b" in failure.traceback
    assert "blobprep" not in failure.traceback
    assert failure.message == "ExceptionGroup: two (2 sub-exceptions)"


def test_memory_that_ran_out_is_not_the_scripts_fault_alone() -> None:
    assert fail("def azureml_main():\n    raise MemoryError('too much')").kind == "memory"


def test_what_memory_ran_out_for_is_told_by_the_first_line_of_it() -> None:
    failure = fail("def azureml_main():\n    raise MemoryError('Unable to allocate\\nmore\\n')\n")

    assert failure.message == "MemoryError: Unable to allocate"


def test_an_endless_recursion_is_shown_in_short() -> None:
    failure = fail("def azureml_main():\n    return azureml_main()\n")

    assert failure.message.startswith("RecursionError: maximum recursion depth exceeded")
    assert "Previous line repeated" in failure.traceback


def test_a_huge_message_is_cut_in_the_middle() -> None:
    failure = fail("def azureml_main():\n    raise ValueError('start ' + 'x' * 10_000_000 + ' end')\n")

    assert len(failure.traceback) < 70_000
    assert "characters cut" in failure.traceback
    assert failure.traceback.endswith(" end\n")
    assert len(failure.message) <= 2000


@pytest.mark.parametrize(
    "body",
    [
        "def __str__(self): raise SystemExit",
        "def __str__(self): return 5",
        "__module__ = property(lambda self: 1 / 0)",
    ],
)
def test_an_exception_that_refuses_to_be_printed_is_named(body: str) -> None:
    failure = fail(f"class Evil(Exception):\n    {body}\ndef azureml_main():\n    raise Evil()\n")

    assert failure.kind == "script"
    assert "Evil" in failure.traceback


def test_a_script_whose_folder_begins_like_ours_keeps_its_frames() -> None:
    neighbor = str(Path(entry.__file__).parents[2]) + "-scripts/prep.py"

    failure = fail("def azureml_main():\n    return 1 / 0\n", name=neighbor)

    assert f'File "{neighbor}", line 2, in azureml_main' in failure.traceback


def answer() -> Any:
    """Be a function a caller passes; it is a global of this module that parameters become."""
    return blobprep_parameters  # type: ignore[name-defined] # noqa: F821


def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
    namespace: dict[str, Any] = {"functools": functools, "function": function}
    exec("@functools.wraps(function)\ndef wrapper():\n    return function()", namespace)
    return namespace["wrapper"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("wrap", [lambda each: each, functools.partial, decorated], ids=["plain", "partial", "wrapped"])
def test_a_function_that_traveled_sees_the_parameters(wrap: Callable[..., Any]) -> None:
    module = sys.modules[__name__]
    cloudpickle.register_pickle_by_value(module)
    try:
        pickled = cloudpickle.dumps(wrap(answer))
    finally:
        cloudpickle.unregister_pickle_by_value(module)

    function = load_function(pickled, {"year": "2024"})

    assert call(function, []) == {"year": "2024"}
    assert "blobprep_parameters" not in globals()


def test_a_missing_entry_point_is_no_exception_of_the_script() -> None:
    with pytest.raises(ScriptFailed):
        load_source(b"", "prep.py", {})


def without_marks(text: str) -> str:
    """Drop the lines with which newer Pythons point into a line."""
    return "".join(line for line in text.splitlines(keepends=True) if set(line.strip()) - set("^~"))

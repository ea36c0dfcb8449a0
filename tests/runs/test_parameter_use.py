"""Which scripts take other parameters than those that they were loaded with."""

from __future__ import annotations

import pytest

from blobprep.runs.parameter_use import takes_parameters_late

ENTRY = "def azureml_main(df):\n    return df\n"


@pytest.mark.parametrize(
    "script",
    [
        ENTRY,
        "import pandas as pd\nimport numpy as np\n" + ENTRY,
        '"""What it does."""\nimport pandas as pd\npd.set_option("display.width", 100)\nRATE = 0.2\nPAIR = (1, -2)\n'
        + ENTRY,
        "import warnings\nwarnings.filterwarnings('ignore', category=None)\n" + ENTRY,
        "def azureml_main(df: 'Frame' = None, other=None):\n    df['d'] = blobprep_parameters['d']\n    return df\n",
        "def part(x, by=2):\n    return x * by\ndef azureml_main(df):\n    df['a'] = df.a.map(part)\n    return df\n",
        "import os\ndef azureml_main(df):\n    df['d'] = os.environ['BLOBPREP_PARAMETER_DAY']\n    return df\n",
    ],
)
def test_parameters_that_only_functions_see_may_come_later(script: str) -> None:
    assert takes_parameters_late(script.encode())


@pytest.mark.parametrize(
    "script",
    [
        "DAY = blobprep_parameters['day']\n" + ENTRY,
        "print(blobprep_parameters)\n" + ENTRY,
        "import os\nDAY = os.environ['BLOBPREP_PARAMETER_DAY']\n" + ENTRY,
        "import os\nos.getenv('BLOBPREP_PARAMETER_DAY')\n" + ENTRY,
        "from os import system\nsystem('env > day')\n" + ENTRY,
        "import pandas as pd\npd.set_option('display.width', blobprep_parameters['w'])\n" + ENTRY,
        "if blobprep_parameters:\n    import pandas\n" + ENTRY,
        "for x in blobprep_parameters:\n    pass\n" + ENTRY,
        "def azureml_main(df, day=blobprep_parameters['day']):\n    return df\n",
        "def azureml_main(df, *, day=blobprep_parameters['day']):\n    return df\n",
        "def azureml_main(df: print(blobprep_parameters)):\n    return df\n",
        "def made(f):\n    return f\n@made\ndef azureml_main(df):\n    return df\n",
        "azureml_main = lambda df: df\n",
        "import functools\n@functools.lru_cache\ndef day():\n    return blobprep_parameters['day']\n" + ENTRY,
    ],
)
def test_what_sees_parameters_while_it_is_loaded_does_not(script: str) -> None:
    assert not takes_parameters_late(script.encode())


@pytest.mark.parametrize(
    "body",
    [
        "global DAY; DAY = blobprep_parameters['day']",
        "azureml_main.day = blobprep_parameters['day']",
        "pd.kept['day'] = 1",
        "pd.day = blobprep_parameters['day']",
        "del pd.day",
        "(lambda: pd)().day = 1",
        "setattr(pd, 'day', 1)",
        "globals()['DAY'] = 1",
        "pd.__dict__['day'] = 1",
        "exec('x = 1')",
        "import sys; sys.modules['x'] = 1",
        "import builtins; builtins.day = 1",
        "from importlib import import_module",
        "f = azureml_main; f.day = 1",
        "(f := azureml_main).day = 1",
        "class A: pass",
        "for pd.day in (1,): pass",
        "with open('x') as pd.file: pass",
    ],
)
def test_what_could_leave_something_of_them_does_not(body: str) -> None:
    lines = "".join(f"    {line.strip()}\n" for line in body.split("; "))
    script = f"import pandas as pd\ndef azureml_main(df):\n{lines}    return df\n"

    assert not takes_parameters_late(script.encode())


@pytest.mark.parametrize("value", ["{}", "[]", "set()", "pd.DataFrame()", "f'{1}'", "object()"])
def test_a_value_of_the_module_level_that_can_change_does_not(value: str) -> None:
    assert not takes_parameters_late(f"import pandas as pd\nKEPT = {value}\n{ENTRY}".encode())


@pytest.mark.parametrize("source", [b"print 1\n", b"\xff", b"x = \0", b"def azureml_main(df):\n"])
def test_what_is_no_python_3_does_not(source: bytes) -> None:
    assert not takes_parameters_late(source)

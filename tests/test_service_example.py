"""The example of a service: arithmetic, safely, and its files for a server behind HTTPS."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pycep import BicepParser

FOLDER = Path(__file__).parents[1] / "examples" / "service"
EXAMPLE: dict[str, Any] = runpy.run_path(str(FOLDER / "expressions.py"))


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 + 1", "2"),
        (" 2 * (3 + 4) ", "14"),
        ("7 // 2 + 7 % 4", "6"),
        ("-2 ** 2", "-4"),
        ("2 ** 0.5 == 1", "error"),
        ("10 / 4", "2.5"),
        ("max(1, 2, 3) * pi", "9.42477796076938"),
        ("sqrt(16) + abs(-1)", "5.0"),
        ("1 / 0", "error: division by zero"),
        ("2 +", "error: not an expression"),
        ("", "error: not an expression"),
        (None, "error: not a text"),
        ("9 ** 9 ** 9 ** 9", "error"),
        ("10 ** 100 * 10", "error: a number is too large"),
        ("'a' * 3", "error: only numbers"),
        ("__import__('os').system('true')", "error: only numbers"),
        ("().__class__", "error: only numbers"),
        ("[x for x in (1,)]", "error: only numbers"),
        ("(lambda: 1)()", "error: only numbers"),
        ("min(key=1)", "error: only numbers"),
        ("pow(2, 3)", "error: only numbers"),
        ("(" * 400 + "1" + ")" * 400, "error"),
        ("-" * 490 + "1", "1"),
        ("1" * 501, "error: not a text of at most 500 characters"),
    ],
)
def test_an_expression_has_a_value_or_an_error(text: object, result: str) -> None:
    assert EXAMPLE["answer"](text).startswith(result)


@given(st.text(max_size=60) | st.text("0123456789+-*/%(). piesqrtmax,", max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    assert isinstance(EXAMPLE["answer"](text), str)


def test_only_the_proxy_is_reached_from_outside_and_by_https() -> None:
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    service, proxy = compose["services"]["service"], compose["services"]["proxy"]

    assert "ports" not in service
    assert proxy["ports"] == ["80:80", "443:443"]
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert "reverse_proxy service:8080" in (FOLDER / "Caddyfile").read_text()


def test_the_image_runs_the_command_as_an_ordinary_user() -> None:
    lines = (FOLDER / "Dockerfile").read_text().splitlines()

    assert "USER blobprep" in lines
    assert lines[-1].startswith('CMD ["blobprep", "serve",')
    for name in ("expressions.py", "blobprep.toml"):
        assert (FOLDER / name).is_file()


def test_the_container_app_takes_https_only_and_one_server_has_the_state() -> None:
    parsed: Any = BicepParser(cache=False).parse(text=(FOLDER / "container-app.bicep").read_text())
    properties = parsed["resources"]["app"]["config"]["properties"]

    assert properties["configuration"]["ingress"]["allowInsecure"] is False
    assert properties["configuration"]["ingress"]["targetPort"] == 8080
    assert properties["template"]["scale"] == {"minReplicas": 1, "maxReplicas": 1}

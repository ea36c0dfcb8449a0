from __future__ import annotations

import pytest

from blobprep.settings.sources.azure_cli import read_azure_config
from blobprep.settings.table import ROWS


def test_the_section_storage_is_read_and_blank_is_unset(tmp_path):
    (tmp_path / ".azure").mkdir()
    (tmp_path / ".azure" / "config").write_text(
        "[storage]\naccount = contoso\nkey = k%3D\nsas_token =\nauth_mode = login\n"
    )

    found = read_azure_config({"HOME": str(tmp_path)})

    said = {name: found.get(ROWS[name]) for name in ("default_account", "key", "sas", "credential", "protocol")}
    assert said == {"default_account": "contoso", "key": "k%3D", "sas": None, "credential": "cli", "protocol": None}
    assert "k%3D" not in repr(found)


@pytest.mark.parametrize("text", [None, "no section\n", "[core]\nx = 1\n", "[storage]\nkey = a\nkey = b\n"])
def test_a_file_that_is_not_there_or_is_none_says_nothing(tmp_path, text):
    if text is not None:
        (tmp_path / "config").write_text(text)

    assert read_azure_config({"AZURE_CONFIG_DIR": str(tmp_path)}).values == {}
    assert read_azure_config({}).path is None

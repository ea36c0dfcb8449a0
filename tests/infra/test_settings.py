"""Give the settings that `infra/` hands out to blobprep itself."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
import yaml

from blobprep import Workspace
from blobprep.account import emulator
from blobprep.settings.sources.toml import read_config
from tests.infra.bicep import INFRA

ACCOUNT = "blobprepabc123"
VALUES = {"account.name": ACCOUNT, "environment().suffixes.storage": "core.windows.net"}


def printed(bicep, *, key):
    """What Azure would make of the output, with the account key allowed or not."""
    function = bicep["outputs"]["blobprepToml"]["value"]["function"]
    assert function["type"] == "join"
    lines = []
    for line in function["parameters"]["input_array"]:
        text = line
        if isinstance(line, dict):
            assert line["operator"]["type"] == "conditional"
            chosen = line["operator"]["operands"]
            assert chosen["condition"] == "${allowSharedKeyAccess}"
            text = chosen["true_value"] if key else chosen["false_value"]
        lines.append(re.sub(r"\$\{(.*?)\}", lambda found: VALUES[found[1]], text).replace("\\n", "\n"))
    return function["parameters"]["delimiter"].replace("\\n", "\n").join(lines)


@pytest.mark.parametrize("key", [False, True])
def test_blobprep_takes_the_settings_that_the_deployment_puts_out(bicep, tmp_path, key):
    path = tmp_path / "blobprep.toml"
    path.write_text(printed(bicep, key=key))

    config = read_config(path)

    assert config.values == {"default_account": ACCOUNT}
    assert config.accounts == {
        ACCOUNT: {
            "protocol": "https",
            "endpoint_suffix": "core.windows.net",
            **({"credential": "key", "key_env": "BLOBPREP_KEY"} if key else {"credential": "default"}),
        }
    }


def test_with_those_settings_each_reference_brings_its_sas_token(bicep, tmp_path):
    (tmp_path / "blobprep.toml").write_text(printed(bicep, key=False))
    workspace = Workspace(folder=tmp_path, environment={})

    read = workspace.locate("az://raw/planets.csv?sv=2024-11-04&sr=c&sig=in%2BAAAAAAAA%3D")
    written = workspace.locate("az://prepared/planets/?sv=2024-11-04&sr=c&sig=outAAAAAAAA%3D", prefix=True)

    assert (read.container, read.blob) == ("raw", "planets.csv")
    assert (written.container, written.blob) == ("prepared", "planets/")
    assert read.store is not written.store
    assert "sig" not in read.printed + written.printed
    assert workspace.warnings == []


def test_the_settings_in_the_compose_file_lead_to_what_it_publishes(tmp_path):
    text = (INFRA / "compose.yaml").read_text(encoding="utf-8")
    comment = "\n".join(line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("#"))
    settings = re.findall(r"^\w+ = .*$", comment, re.MULTILINE)
    (tmp_path / "blobprep.toml").write_text("\n".join(settings))
    (port,) = yaml.safe_load(text)["services"]["azurite"]["ports"]

    config = read_config(tmp_path / "blobprep.toml")
    account = emulator()

    assert config.values == {"default_account": account.name}
    assert port.startswith(f"{urlsplit(account.url).netloc}:")
    assert Workspace(folder=tmp_path, environment={}).locate("az://raw/x.csv").container == "raw"

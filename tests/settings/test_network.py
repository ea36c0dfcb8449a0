from __future__ import annotations

import pytest

from blobprep.account import Network
from blobprep.errors import SettingError
from blobprep.settings.network import network_of
from blobprep.settings.sources.toml import Config


def test_a_proxy_of_the_environment_is_left_to_the_sdk(tmp_path):
    config = Config(tmp_path / "blobprep.toml", {"network.proxy": "http://file.example"})

    assert network_of(config, {}).proxy == "http://file.example"
    assert network_of(config, {"HTTPS_PROXY": "http://environment.example"}).proxy == ""
    assert network_of(Config(), {}) == Network()


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificates_are_found_and_a_missing_file_names_its_source(tmp_path, variable):
    (tmp_path / "ca.pem").write_text("")
    config = Config(tmp_path / "blobprep.toml", {"network.ca_bundle": "none.pem"})

    assert network_of(config, {variable: str(tmp_path / "ca.pem")}).ca_bundle == str(tmp_path / "ca.pem")
    with pytest.raises(SettingError, match=f"{variable} names certificates"):
        network_of(config, {variable: "/none/ca.pem"})
    with pytest.raises(SettingError, match=r"blobprep\.toml names certificates"):
        network_of(config, {})


def test_a_number_below_zero_is_refused(tmp_path):
    with pytest.raises(SettingError, match=r"network\.retries is below zero"):
        network_of(Config(tmp_path / "blobprep.toml", {"network.retries": -1}), {})

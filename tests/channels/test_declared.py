"""A channel is its folder and its name in one list: everything else goes by that list."""

import subprocess
import sys
from importlib import import_module

import pytest

from monitor.channels import NAMES
from monitor.channels.declared import CHANNELS
from monitor.config.keys import OperatorSettings, SubscriptionSettings


@pytest.mark.parametrize("name", NAMES)
def test_a_channel_is_called_as_its_folder_and_its_addresses_have_a_key(name: str) -> None:
    address = import_module(f"monitor.channels.{name}.settings").ADDRESS

    assert CHANNELS[name].name == name
    assert name in OperatorSettings.settings
    assert SubscriptionSettings.settings[name].description == f"{address.description}, or a list of such"


def test_the_declarations_load_none_of_the_libraries_that_channels_need() -> None:
    heavy = "{'apprise', 'jinja2', 'css_inline', 'cryptography', 'email_validator', 'requests', 'smtplib'}"
    told = subprocess.run(
        [sys.executable, "-c", f"import sys, monitor.channels.declared; print(sorted({heavy} & set(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.strip() == "[]"

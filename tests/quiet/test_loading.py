"""What a check in which nothing is new loads: the time that it takes is spent on little else."""

import json
import os
import subprocess
import sys

import pytest

from monitor import model
from monitor.registries import FOLDERS
from tests.quiet.world import World

OURS = {
    "monitor": "monitor clock errors files quiet streams text __main__",
    "configuration": "config config.complaints config.keys config.loading config.places config.timing settings"
    " settings.network settings.refused settings.rhythms settings.values channels channels.chat channels.chat.settings"
    " channels.email channels.email.settings channels.webhook channels.webhook.settings registries registries.settings",
    "the keys of registries": " ".join(f"registries.{folder} registries.{folder}.settings" for folder in FOLDERS),
    "what is configured": "operate operate.applied storage.applied vault",
    "one question": "http http.alarms http.asking http.deadline http.network http.once http.pacing http.reading"
    " http.response http.urls registries.clinicaltrials_gov.version model.stamps model.whole",
    "the questions of a refreshed registry": "registries.clinicaltrials_gov.plain registries.clinicaltrials_gov.probed"
    " registries.clinicaltrials_gov.trees watching.builds watching.schedule watching.unmoved",
    "one statement": "storage storage.journals storage.migrations storage.moments storage.pace storage.quiet watching"
    " watching.quiet",
    "what is printed": "model model.checked model.ids views views.checks views.json views.json.checks views.json.lines"
    " views.json.moments",
}
OTHERS = {"orjson"}

CHECK = """
import json, sys
from monitor.__main__ import _run
sys.argv = ["monitor", "check", *sys.argv[1:]]
_run()
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["", "json"])
def test_nothing_is_loaded_that_a_quiet_check_does_not_need(world: World, options: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", CHECK, *options],
        cwd=world.folder,
        env=dict(os.environ),  # and not what readline has set beside it
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    loaded = set(json.loads(ran.stderr))
    ours = {name.removeprefix("monitor.") for name in loaded if name.split(".")[0] == "monitor"}
    foreign = {name.split(".")[0] for name in loaded} - sys.stdlib_module_names - {"monitor", "__main__", "__mp_main__"}

    assert ran.stdout
    assert ours <= {name for names in OURS.values() for name in names.split()}
    # A leading underscore has what the interpreter's installation adds by itself.
    assert {name for name in foreign if not name.startswith("_")} <= OTHERS


def test_each_noun_comes_from_the_module_that_holds_it() -> None:
    """Those that are another name for a type have no module of their own."""
    named = {noun: getattr(model, noun) for noun in model.__all__}
    elsewhere = {
        noun
        for noun, found in named.items()
        if getattr(found, "__module__", None) not in (f"monitor.model.{model._HOMES[noun]}", None)
    }

    assert set(model._HOMES) == set(model.__all__)
    assert elsewhere <= {"Json", "Cause"}
    with pytest.raises(AttributeError, match="Nonsense"):
        _ = model.Nonsense  # type: ignore[attr-defined]

"""Clients of ClinicalTrials.gov that others wrote read the sandbox without a change, but for the address.

The second one needs much that nobody here does, so it is installed alone, and only on request: FOREIGN_CLIENTS=1.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytrials.client import ClinicalTrials

from monitor.sandbox.clinicaltrials_gov import Sandbox

WITHDRAWN_LATER = "NCT02116634"
BIOCATALYSTFEED = "biocatalystfeed==0.3.3"


@pytest.fixture
def pytrials(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> ClinicalTrials:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(ClinicalTrials, "_BASE_URL", f"{sandbox.base_url}/")
    return ClinicalTrials()


def test_pytrials_reads_the_version(pytrials: ClinicalTrials, sandbox: Sandbox) -> None:
    assert pytrials.api_info == ("2.0.5", sandbox.build.timestamp)


def test_pytrials_reads_whole_studies(pytrials: ClinicalTrials, sandbox: Sandbox) -> None:
    found = pytrials.get_full_studies("mesenchymal AND sclerosis", max_studies=10, fmt="json")

    (study,) = found["studies"]
    whole = sandbox.study(WITHDRAWN_LATER)
    assert study["protocolSection"]["statusModule"] == whole["protocolSection"]["statusModule"]
    criteria = whole["protocolSection"]["eligibilityModule"]["eligibilityCriteria"]
    legacy = study["protocolSection"]["eligibilityModule"]["eligibilityCriteria"]
    assert "\n" in criteria, "or there is nothing to see"
    assert legacy == criteria.replace("\n", "\r\n")


def test_pytrials_reads_every_field_that_it_knows(pytrials: ClinicalTrials) -> None:
    fields = list(dict.fromkeys(pytrials.study_fields["json"]))

    found = pytrials.get_study_fields(WITHDRAWN_LATER, fields, max_studies=1, fmt="json")

    identification = found["studies"][0]["protocolSection"]["identificationModule"]
    assert identification["nctId"] == WITHDRAWN_LATER
    assert identification["briefTitle"]


WATCH = """
import json, sys
from trialwatch import client, core, store
client.BASE = sys.argv[1]
reader = client.CTGovClient(min_interval=0.01)
found = core.run_watch(reader, store.Store(sys.argv[2]), "als", sponsor="Alzahra Hospital")
print(json.dumps({
    "trials": [trial["nct_id"] for trial in found["trials"]],
    "changes": [(change["nct_id"], change["field"], change["new"]) for change in found["changes_detail"]],
    "everything": len(reader.search(max_records=1000, phases=["PHASE2", "PHASE3"], changed_since="2000-01-01")),
    "one": reader.get("nct02116634")["protocolSection"]["identificationModule"]["nctId"],
}))
"""


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A folder with the client, without what it needs for other things."""
    if not os.environ.get("FOREIGN_CLIENTS"):
        pytest.skip(f"installs {BIOCATALYSTFEED} from the package index: only with FOREIGN_CLIENTS=1")
    folder = tmp_path / "foreign"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), BIOCATALYSTFEED]
    installed = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    if installed.returncode:
        pytest.skip(f"{BIOCATALYSTFEED} cannot be installed: {installed.stderr.strip()[-200:]}")
    return folder


@pytest.mark.slow
def test_biocatalystfeed_watches_a_sponsor(foreign: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    def watch() -> dict[str, object]:
        ended = subprocess.run(
            [sys.executable, "-c", WATCH, sandbox.base_url, str(tmp_path / "watch.db")],
            env={**os.environ, "PYTHONPATH": str(foreign), "NO_PROXY": "127.0.0.1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=True,
        )
        return dict(json.loads(ended.stdout))

    first = watch()
    sandbox.next_state(WITHDRAWN_LATER)
    second = watch()

    assert first["trials"] == second["trials"] == [WITHDRAWN_LATER]
    assert first["one"] == WITHDRAWN_LATER
    assert first["everything"]
    assert [WITHDRAWN_LATER, "status", "WITHDRAWN"] in second["changes"]

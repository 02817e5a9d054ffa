"""Files that come with the program: the commented configuration, and what runs it as a service.

They are kept at the top of the checkout. A wheel has copies of them in this folder (pyproject.toml says which); in a
checkout this folder has none, and the originals are read.
"""

from importlib.resources import files
from pathlib import Path

CONFIGURATION = "config.toml"
UNIT = "deploy/registry-monitor.service"
WORKER_UNIT = "deploy/registry-monitor-worker@.service"
COMPOSE = "deploy/compose.yaml"
KUSTOMIZATION = "deploy/kubernetes/kustomization.yaml"
MANIFESTS = "deploy/kubernetes/registry-monitor.yaml"
DRILL = "deploy/restore-drill.sh"
UPGRADE_DRILL = "deploy/upgrade-drill.sh"
ALL = (CONFIGURATION, UNIT, WORKER_UNIT, COMPOSE, KUSTOMIZATION, MANIFESTS, DRILL, UPGRADE_DRILL)

_CHECKOUT = Path(__file__).parents[3]


def text_of(name: str) -> str:
    """Return one of these files as it was shipped."""
    beside = files(__name__).joinpath(*name.split("/"))
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    return (_CHECKOUT / name).read_text(encoding="utf-8")

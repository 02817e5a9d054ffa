"""The manifests in deploy/kubernetes: each is what Kubernetes takes, and they fit each other and the program."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes_validate import validate

from monitor import __version__
from monitor.config import Config
from monitor.config.loading import NAMES_THE_FILE, PREFIX
from monitor.config.places import values_in, variable

FOLDER = Path(__file__).parent.parent / "deploy" / "kubernetes"
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text(encoding="utf-8"))
MANIFESTS: list[dict[str, Any]] = list(
    yaml.safe_load_all((FOLDER / "registry-monitor.yaml").read_text(encoding="utf-8"))
)
SECRET = {variable(PREFIX, key) for key, info in values_in(Config) if not info.shown} | {
    "MONITOR_STORE__URL",
    "MONITOR_STORE__REPLICA",
}


def of_kind(kind: str) -> dict[str, Any]:
    return {each["metadata"]["name"]: each for each in MANIFESTS if each["kind"] == kind}


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for each in MANIFESTS:
        if each["kind"] in {"Deployment", "Job"}:
            yield each["metadata"]["name"], each["spec"]["template"]["spec"]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: f"{each['kind']} {each['metadata']['name']}")
@pytest.mark.parametrize("version", ["1.30", "1.34", "1.37"])
def test_kubernetes_takes_each_and_knows_all_that_it_says(manifest: dict[str, Any], version: str) -> None:
    validate(manifest, version, strict=True)


def test_processes_are_kept_in_their_place() -> None:
    assert len(list(pods())) == 3
    for name, pod in pods():
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        [container] = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert set(container["resources"]) == {"requests", "limits"}


def test_secrets_are_files_that_are_handed_in_and_all_else_exists() -> None:
    handed = {Path(each.split("=")[-1]).name for each in KUSTOMIZATION["secretGenerator"][0]["files"]}
    known = {NAMES_THE_FILE} | {variable(PREFIX, key) for key, _ in values_in(Config)}
    for _, pod in pods():
        [container] = pod["containers"]
        mounted = {each["name"]: each["mountPath"] for each in container["volumeMounts"]}
        assert set(mounted) == {each["name"] for each in pod["volumes"]}
        for given in container["env"]:
            assert given["name"].removesuffix("_FILE") in known
            assert given["name"] not in SECRET
            if given["name"].endswith("_FILE"):
                path = Path(given["value"])
                assert str(path.parent) == mounted["secrets"]
                assert path.name in handed
        volumes = {each["name"]: each for each in pod["volumes"]}
        assert volumes["config"]["configMap"]["name"] == KUSTOMIZATION["configMapGenerator"][0]["name"]
        assert volumes["secrets"]["secret"]["secretName"] == KUSTOMIZATION["secretGenerator"][0]["name"]


def test_what_readers_and_disruptions_select_is_there() -> None:
    deployments = of_kind("Deployment")
    labels = {name: each["spec"]["template"]["metadata"]["labels"] for name, each in deployments.items()}
    for name, each in deployments.items():
        assert each["spec"]["selector"]["matchLabels"] == labels[name]
        assert of_kind("PodDisruptionBudget")[name]["spec"]["selector"]["matchLabels"] == labels[name]
    assert of_kind("Service")["registry-monitor"]["spec"]["selector"] == labels["registry-monitor"]
    assert labels["registry-monitor"] != labels["registry-monitor-worker"]


def test_a_process_is_restarted_only_for_what_a_restart_ends() -> None:
    [serve] = of_kind("Deployment")["registry-monitor"]["spec"]["template"]["spec"]["containers"]

    assert serve["livenessProbe"]["httpGet"]["path"] == "/livez"
    assert serve["readinessProbe"]["httpGet"]["path"] == "/readyz"
    [listening] = [each["value"] for each in serve["env"] if each["name"] == "MONITOR_WEB__BIND"]
    assert listening == f"0.0.0.0:{serve['ports'][0]['containerPort']}"


def test_the_image_is_the_one_that_is_named_once() -> None:
    [image] = KUSTOMIZATION["images"]
    assert {container["image"] for _, pod in pods() for container in pod["containers"]} == {image["name"]}
    assert image["newTag"] == __version__

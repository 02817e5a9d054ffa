"""What lies in deploy/ is what the program understands: every variable exists, and no secret stands in clear."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from monitor.config import Config
from monitor.config.loading import NAMES_THE_FILE, PREFIX, load
from monitor.config.places import values_in, variable

DEPLOY = Path(__file__).parent.parent / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
UNIT = DEPLOY / "registry-monitor.service"
WORKER_UNIT = DEPLOY / "registry-monitor-worker@.service"
COMPOSE = DEPLOY / "compose.yaml"

KNOWN = {NAMES_THE_FILE} | {variable(PREFIX, key) for key, _ in values_in(Config)}
SECRET = {variable(PREFIX, key) for key, info in values_in(Config) if not info.shown} | {
    "MONITOR_STORE__URL",
    "MONITOR_STORE__REPLICA",
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_variable_exists(file: Path) -> None:
    for name in re.findall(r"MONITOR_[A-Z_]*[A-Z]", file.read_text(encoding="utf-8")):
        assert name.removesuffix("_FILE") in KNOWN, name


def settings(unit: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def test_the_unit_gives_a_configuration_that_loads_and_no_secret(tmp_path: Path) -> None:
    given = dict(line.split("=", 1) for line in settings(UNIT.read_text())["Environment"])
    (tmp_path / "secret.key").write_text("k" * 43 + "=\n")
    environ = {name: value.replace("%d", str(tmp_path)) for name, value in given.items() if name != NAMES_THE_FILE}

    config = load(DEPLOY.parent / "config.toml", environ)

    assert config.store.url == "sqlite:////var/lib/registry-monitor/monitor.sqlite3"
    assert config.secret_key == "k" * 43 + "="
    assert not {name for name in given if name in SECRET and "sqlite:" not in given[name]}


def test_workers_are_given_a_database_that_all_reach_and_a_key_as_files(tmp_path: Path) -> None:
    given = dict(line.split("=", 1) for line in settings(WORKER_UNIT.read_text())["Environment"])
    handed = {line.split(":")[0] for line in settings(WORKER_UNIT.read_text())["LoadCredential"]}
    (tmp_path / "secret.key").write_text("k" * 43 + "=\n")
    (tmp_path / "store.url").write_text("postgresql+psycopg://monitor:p@database/monitor\n")
    environ = {name: value.replace("%d", str(tmp_path)) for name, value in given.items() if name != NAMES_THE_FILE}

    config = load(DEPLOY.parent / "config.toml", environ)

    assert config.store.url == "postgresql+psycopg://monitor:p@database/monitor"
    assert config.secret_key == "k" * 43 + "="
    assert handed == {value.removeprefix("%d/") for value in given.values() if value.startswith("%d/")}


def test_a_worker_is_kept_in_its_place_as_the_service_is() -> None:
    service, worker = settings(UNIT.read_text()), settings(WORKER_UNIT.read_text())

    its_own = {"Description", "ExecStart", "Environment", "LoadCredential"}
    assert {key: value for key, value in worker.items() if key not in its_own} == {
        key: value
        for key, value in service.items()
        if key not in its_own | {"StateDirectory", "StateDirectoryMode", "WorkingDirectory"}
    }


def test_the_unit_keeps_the_program_in_its_place() -> None:
    given = settings(UNIT.read_text())

    for key, value in {
        "DynamicUser": "yes",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "CapabilityBoundingSet": "",
        "Restart": "always",
        "StateDirectory": "registry-monitor",
    }.items():
        assert given[key] == [value]
    assert "MemoryMax" in given
    assert "WatchdogSec" not in given, "the program does not speak systemd's watchdog protocol"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
@pytest.mark.parametrize("file", [UNIT, WORKER_UNIT], ids=lambda file: file.name)
def test_systemd_understands_the_unit(tmp_path: Path, file: Path) -> None:
    unit = file.read_text(encoding="utf-8").replace("/opt/registry-monitor/bin/monitor", sys.executable)
    name = file.name.replace("@", "@1")
    (tmp_path / name).write_text(unit)

    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / name],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert name not in said.stderr, said.stderr


def test_the_compose_file_holds_no_secret_and_every_service_is_watched() -> None:
    compose = yaml.safe_load(COMPOSE.read_text())

    for which, service in compose["services"].items():
        assert "test" in service["healthcheck"] or which == "worker"
        assert service["read_only"] is True
        assert service["restart"] == "always"
        assert "no-new-privileges:true" in service["security_opt"]
        assert set(service.get("secrets", ())) <= set(compose["secrets"])
        for name, value in service.get("environment", {}).items():
            assert name not in SECRET
            assert "PASSWORD" not in name or name.endswith("_FILE")
            if str(value).startswith("/run/secrets/"):
                assert Path(value).name in service["secrets"]
    assert compose["services"]["monitor"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert compose["services"]["worker"]["image"] == compose["services"]["monitor"]["image"]
    build = compose["services"]["monitor"]["build"]
    assert build["context"] == "${SOURCE:-..}"
    assert (DEPLOY / ".." / build["dockerfile"]).is_file()


def test_the_compose_file_with_a_mail_password_has_its_secret_at_every_place() -> None:
    compose = yaml.safe_load(re.sub(r"^( +)#(?=- |\w+: )", r"\1", COMPOSE.read_text(), flags=re.MULTILINE))

    for service in (compose["services"]["monitor"], compose["services"]["worker"]):
        assert service["environment"]["MONITOR_SMTP__PASSWORD_FILE"] == "/run/secrets/smtp_password"
        assert "smtp_password" in service["secrets"]
    assert compose["secrets"]["smtp_password"] == {"file": "./secrets/smtp_password"}


def test_mail_leaves_the_container_by_way_of_the_host_unless_told_otherwise() -> None:
    """The default of config.toml, localhost, is the container itself, where no mail server listens."""
    services = yaml.safe_load(COMPOSE.read_text())["services"]

    for service in (services["monitor"], services["worker"]):
        assert service["environment"]["MONITOR_SMTP__HOST"] == "${MONITOR_SMTP__HOST:-host.docker.internal}"
        assert service["extra_hosts"] == ["host.docker.internal:host-gateway"]


def reaches_the_image(name: str) -> bool:
    """Whether .dockerignore, which shuts everything out, lets it in again, or what lies in it."""
    lines = (DEPLOY.parent / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    return any(line == f"!{name}" or line.startswith(f"!{name}/") for line in lines)


def test_the_containerfile_copies_what_there_is_and_does_not_run_as_root() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()

    for line in lines:
        if line.startswith("COPY"):
            assert all((DEPLOY.parent / name).exists() for name in line.split()[1:-1]), line
            assert all(reaches_the_image(name) for name in line.split()[1:-1]), line
    assert next(line for line in lines if line.startswith("USER")) == "USER 10001:10001"

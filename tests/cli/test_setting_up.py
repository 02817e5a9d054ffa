"""`monitor config init` and `monitor deploy`: files to begin with, which never take the place of one's own."""

import stat
from pathlib import Path

import pytest
import yaml

from monitor.config import load
from tests.cli.commands import Monitor, command

TOP = Path(__file__).parents[2]
CONFIG = (TOP / "config.toml").read_text(encoding="utf-8")
COMPOSE = (TOP / "deploy" / "compose.yaml").read_text(encoding="utf-8")


@pytest.fixture
def monitor(tmp_path: Path) -> Monitor:
    return command(tmp_path)


def test_a_configuration_begins_with_every_key_and_says_what_to_do_next(monitor: Monitor, tmp_path: Path):
    ran = monitor("config", "init")

    assert (ran.returncode, ran.stdout) == (0, "")
    assert (tmp_path / "config.toml").read_text(encoding="utf-8") == CONFIG
    assert "    monitor doctor\n" in ran.stderr


def test_a_configuration_of_another_name_is_named_in_what_to_do_next(monitor: Monitor, tmp_path: Path):
    ran = monitor("config", "init", "etc/my monitor.toml")

    assert (tmp_path / "etc" / "my monitor.toml").read_text(encoding="utf-8") == CONFIG
    assert "    monitor --config 'etc/my monitor.toml' doctor\n" in ran.stderr


def test_a_configuration_goes_into_a_folder_under_its_usual_name(monitor: Monitor, tmp_path: Path):
    (tmp_path / "etc").mkdir()

    assert monitor("config", "init", "etc").returncode == 0
    assert (tmp_path / "etc" / "config.toml").exists()


def test_a_configuration_that_is_there_stays_unless_forced(monitor: Monitor, tmp_path: Path):
    mine = tmp_path / "config.toml"
    mine.write_text("[web]\n")

    refused = monitor("config", "init")

    assert refused.returncode == 2
    assert refused.stderr == "monitor: config.toml is there already: --force replaces it\n"
    assert mine.read_text() == "[web]\n"
    assert monitor("config", "init", "--force").returncode == 0
    assert mine.read_text(encoding="utf-8") == CONFIG


def test_a_configuration_that_cannot_be_written_is_one_line(monitor: Monitor, tmp_path: Path):
    (tmp_path / "file").touch()

    ran = monitor("config", "init", "file/config.toml")

    assert ran.returncode == 2
    assert ran.stderr.startswith("monitor: file/config.toml cannot be written (")
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("systemd", "registry-monitor.service"),
        ("systemd --worker", "registry-monitor-worker@.service"),
        ("compose", "compose.yaml"),
        ("kubernetes", "kubernetes/registry-monitor.yaml"),
    ],
)
def test_a_service_file_is_printed_as_it_is_and_three_commands_beside_it(monitor: Monitor, kind: str, file: str):
    ran = monitor("deploy", *kind.split())

    assert ran.returncode == 0
    assert ran.stdout == (TOP / "deploy" / file).read_text(encoding="utf-8")
    assert len([line for line in ran.stderr.splitlines() if line.startswith("    ")]) == 3


def test_units_go_into_a_folder_with_a_configuration(monitor: Monitor, tmp_path: Path):
    ran = monitor("deploy", "systemd", "--to", "service")

    assert (ran.returncode, ran.stdout) == (0, "")
    assert sorted(each.name for each in (tmp_path / "service").iterdir()) == [
        "config.toml",
        "registry-monitor-worker@.service",
        "registry-monitor.service",
    ]
    assert "    cd service\n" in ran.stderr


def test_a_compose_file_comes_with_secrets_that_fit_each_other_and_are_said_nowhere(monitor: Monitor, tmp_path: Path):
    ran = monitor("deploy", "compose", "--to", "service")

    assert (ran.returncode, ran.stdout) == (0, "")
    made = {each.name: each.read_text().strip() for each in (tmp_path / "service" / "secrets").iterdir()}
    assert made["store_url"] == f"postgresql+psycopg://monitor:{made['postgres_password']}@database/monitor"
    names = {"MONITOR_STORE__URL_FILE": "store_url", "MONITOR_SECRET_KEY_FILE": "secret_key"}
    files = {variable: str(tmp_path / "service" / "secrets" / name) for variable, name in names.items()}
    config = load(tmp_path / "service" / "config.toml", files)
    assert config.secret_key == made["secret_key"]
    assert not [secret for secret in made.values() if secret in ran.stderr]
    assert stat.S_IMODE((tmp_path / "service" / "secrets").stat().st_mode) == 0o700


def test_the_users_of_the_containers_can_read_what_is_handed_to_them(monitor: Monitor, tmp_path: Path):
    monitor("deploy", "compose", "--to", "service")

    folder = tmp_path / "service"
    for file in (folder / "config.toml", *(folder / "secrets").iterdir()):
        assert stat.S_IMODE(file.stat().st_mode) == 0o644, file


def test_what_is_in_use_stays_when_a_compose_file_is_written_again(monitor: Monitor, tmp_path: Path):
    """A new key would open nothing in the database, and a new password would not be the database's."""
    folder = tmp_path / "service"
    monitor("deploy", "compose", "--to", "service")
    (folder / "compose.yaml").write_text("# mine\n")
    before = {path: path.read_text() for path in folder.rglob("*") if path.is_file()}

    assert monitor("deploy", "compose", "--to", "service").returncode == 2
    assert {path: path.read_text() for path in before} == before
    assert monitor("deploy", "compose", "--to", "service", "--force").returncode == 0
    assert {path: path.read_text() for path in before} == {**before, folder / "compose.yaml": COMPOSE}


def test_manifests_come_with_a_key_and_what_brings_all_into_a_cluster(monitor: Monitor, tmp_path: Path):
    ran = monitor("deploy", "kubernetes", "--to", "service")

    assert (ran.returncode, ran.stdout) == (0, "")
    folder = tmp_path / "service"
    key = (folder / "secrets" / "secret_key").read_text()
    assert load(folder / "config.toml", {"MONITOR_SECRET_KEY": key.strip()}).secret_key == key.strip()
    assert key.strip() not in ran.stderr
    assert stat.S_IMODE((folder / "secrets" / "secret_key").stat().st_mode) == 0o600
    wanted = yaml.safe_load((folder / "kustomization.yaml").read_text())
    named = {*wanted["resources"], *wanted["configMapGenerator"][0]["files"], *wanted["secretGenerator"][0]["files"]}
    missing = {name for name in named if not (folder / name).is_file()}
    assert missing == {"secrets/store_url"}, "which the commands beside it write"
    assert "> secrets/store_url" in ran.stderr

    before = {path: path.read_text() for path in folder.rglob("*") if path.is_file()}
    assert monitor("deploy", "kubernetes", "--to", "service", "--force").returncode == 0
    assert {path: path.read_text() for path in before} == before

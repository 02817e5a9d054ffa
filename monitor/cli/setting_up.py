"""`monitor config` and `monitor deploy`: files to begin with, and what to type next."""

import secrets
import shlex
import sys
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.commands import Commands
from monitor.errors import ConfigurationInvalid
from monitor.operate import shipped

config = Commands(help="Begin a configuration.\n\n[dim]$[/dim] monitor config init", no_args_is_help=True)
deploy = Commands(
    help="Give the files that run it as a service.\n\n[dim]$[/dim] monitor deploy systemd --to service",
    no_args_is_help=True,
)

Folder = Annotated[
    Path | None,
    typer.Option("--to", help="Write into this folder, with all that goes with it; else print.", metavar="DIR"),
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are there.")]

FOR_ITS_OWNER = 0o600
FOR_CONTAINERS = 0o644
"""Within the containers other users read what is handed to them; on this machine the folder around it is closed."""


@config.command()
def init(
    path: Annotated[Path, typer.Argument(help="Where to write it.", metavar="[PATH]")] = Path(shipped.CONFIGURATION),
    force: Force = False,
) -> None:
    """Write the configuration with every key, its default and what it means.

    [dim]$[/dim] monitor config init
    [dim]$[/dim] monitor config init /etc/registry-monitor/config.toml
    """
    if path.is_dir():
        path /= shipped.CONFIGURATION
    _write({path: shipped.text_of(shipped.CONFIGURATION)}, force=force)
    found_by_itself = path == Path(shipped.CONFIGURATION)
    option = "" if found_by_itself else f"--config {shlex.quote(str(path))} "
    _say_next(
        f"{path} holds every key with its default. Delete what you leave as it is. Next:",
        f"$EDITOR {shlex.quote(str(path))}   # registries' contact, [smtp], [operator]",
        f"monitor {option}doctor",
        f"monitor {option}watch add NCT02116634 && monitor {option}check",
    )


@deploy.command()
def systemd(
    worker: Annotated[bool, typer.Option("--worker", help="Print the template for workers instead.")] = False,
    to: Folder = None,
    force: Force = False,
) -> None:
    """Give the systemd unit, and a template for workers; their heads say how to install them.

    With --to, both are written, and config.toml beside them, unless it is there.

    [dim]$[/dim] monitor deploy systemd
    [dim]$[/dim] monitor deploy systemd --to service
    """
    if to is None:
        sys.stdout.write(shipped.text_of(shipped.WORKER_UNIT if worker else shipped.UNIT))
    else:
        _write(
            {to / Path(name).name: shipped.text_of(name) for name in (shipped.UNIT, shipped.WORKER_UNIT)}, force=force
        )
        _write_where_missing(to / shipped.CONFIGURATION, shipped.text_of(shipped.CONFIGURATION))
    _say_next(
        "Install the program into /opt/registry-monitor and make its key, as the head of the unit says. Then, as root:",
        "cp registry-monitor.service /etc/systemd/system/ && systemctl daemon-reload",
        "systemctl enable --now registry-monitor",
        "curl http://127.0.0.1:8080/healthz",
        within=to,
    )


@deploy.command()
def compose(to: Folder = None, force: Force = False) -> None:
    """Give the compose file, for the service with PostgreSQL in containers.

    With --to, config.toml and secrets of your own are written beside it, unless they are there.

    [dim]$[/dim] monitor deploy compose
    [dim]$[/dim] monitor deploy compose --to service
    """
    text = shipped.text_of(shipped.COMPOSE)
    if to is None:
        sys.stdout.write(text)
    else:
        _write({to / "compose.yaml": text}, force=force)
        _write_where_missing(to / shipped.CONFIGURATION, shipped.text_of(shipped.CONFIGURATION), mode=FOR_CONTAINERS)
        _make_secrets(to / "secrets")
    before = "" if to else " The head of the file says which secrets it needs."
    _say_next(
        f"The image is built from the program's source, whose folder SOURCE names.{before} Next:",
        "export SOURCE=/path/to/the/source",
        "docker compose up --build --detach",
        "docker compose exec monitor monitor doctor",
        within=to,
    )


@deploy.command()
def kubernetes(to: Folder = None, force: Force = False) -> None:
    """Give the manifests for the service and its workers on Kubernetes, with a PostgreSQL database that you have.

    With --to, what brings them in with one command is written beside them, and config.toml and a key of your own,
    unless they are there.

    [dim]$[/dim] monitor deploy kubernetes
    [dim]$[/dim] monitor deploy kubernetes --to service
    """
    if to is None:
        sys.stdout.write(shipped.text_of(shipped.MANIFESTS))
    else:
        names = (shipped.KUSTOMIZATION, shipped.MANIFESTS)
        _write({to / Path(name).name: shipped.text_of(name) for name in names}, force=force)
        _write_where_missing(to / shipped.CONFIGURATION, shipped.text_of(shipped.CONFIGURATION))
        _make_key(to / "secrets", mode=FOR_ITS_OWNER)
    before = "" if to else " With --to DIR, their kustomization comes with them, which wants a config.toml and secrets."
    _say_next(
        f"The image is built from deploy/Containerfile of the program's source.{before} Next:",
        "$EDITOR kustomization.yaml config.toml   # what your image is called; [web] public_url",
        "echo 'postgresql+psycopg://USER:PASSWORD@HOST/DATABASE' > secrets/store_url",
        "kubectl apply --kustomize .",
        within=to,
    )


@deploy.command()
def drill(
    upgrade: Annotated[bool, typer.Option("--upgrade", help="The drill of an upgrade instead.")] = False,
) -> None:
    """Give the script that restores backups elsewhere, and proves that they hold what the database holds.

    With --upgrade, the one that has a new version take the place of the former one, on a copy.

    [dim]$[/dim] monitor deploy drill > restore-drill.sh
    [dim]$[/dim] monitor deploy drill --upgrade > upgrade-drill.sh
    """
    sys.stdout.write(shipped.text_of(shipped.UPGRADE_DRILL if upgrade else shipped.DRILL))


def _write(texts: dict[Path, str], *, force: bool) -> None:
    """Write files whole, or none; refuse to replace what is there, unless forced."""
    for path in texts:
        if path.exists() and not force:
            raise ConfigurationInvalid(f"{path} is there already: --force replaces it")
    for path, text in texts.items():
        _put(path, text, mode=FOR_ITS_OWNER)


def _write_where_missing(path: Path, text: str, *, mode: int = FOR_ITS_OWNER) -> None:
    if not path.exists():
        _put(path, text, mode=mode)


def _put(path: Path, text: str, *, mode: int) -> None:
    from monitor.files import make_file, make_folder  # it is not needed to show --help

    try:
        make_folder(path.parent)
        make_file(path)
        path.write_text(text, encoding="utf-8", newline="\n")
        path.chmod(mode)
    except OSError as error:
        raise ConfigurationInvalid(f"{path} cannot be written ({error.strerror}): choose another place") from error


def _make_secrets(folder: Path) -> None:
    """Make what the compose file reads, each only where it is missing: a key that is replaced opens nothing."""
    password = folder / "postgres_password"
    _write_where_missing(password, secrets.token_hex(24) + "\n", mode=FOR_CONTAINERS)
    address = f"postgresql+psycopg://monitor:{password.read_text(encoding='utf-8').strip()}@database/monitor\n"
    _write_where_missing(folder / "store_url", address, mode=FOR_CONTAINERS)
    _make_key(folder, mode=FOR_CONTAINERS)


def _make_key(folder: Path, *, mode: int) -> None:
    key = urlsafe_b64encode(secrets.token_bytes(32)).decode()
    _write_where_missing(folder / "secret_key", key + "\n", mode=mode)


def _say_next(introduction: str, *lines: str, within: Path | None = None) -> None:
    """Say what to type next; on standard error, because what was asked for may be on standard output."""
    folder = [f"cd {shlex.quote(str(within))}"] if within else []
    sys.stderr.write("\n".join([introduction, *(f"    {line}" for line in (*folder, *lines))]) + "\n")

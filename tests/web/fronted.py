"""nginx and Caddy in front of the service, each with its example in deploy/, but for ports and the certificate."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.service.processes import eventually

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
NAME = "trials.example.org"
REQUEST = (
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
    "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Of 127.0.0.1, signed by itself."""

    public: Path
    private: Path


def make_certificate(folder: Path) -> Certificate:
    made = Certificate(folder / "public.pem", folder / "private.pem")
    if not (openssl := shutil.which("openssl")):
        pytest.skip("there is no openssl")
    subprocess.run(
        [openssl, *REQUEST.split(), "-keyout", made.private, "-out", made.public],
        check=True,
        capture_output=True,
    )
    return made


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def nginx(folder: Path, *, port: int, service: str, certificate: Certificate, strips: bool = False) -> Iterator[None]:
    """*strips*: it takes the path of the public address away."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^    listen \[::\].*\n", "", text)
    text = text.replace("listen 443", f"listen 127.0.0.1:{port}").replace(
        "listen 80", f"listen 127.0.0.1:{free_port()}"
    )
    text = text.replace("server 127.0.0.1:8080", f"server {service}").replace(NAME, "127.0.0.1")
    text = text.replace("/etc/ssl/certs/127.0.0.1.pem", str(certificate.public))
    text = text.replace("/etc/ssl/private/127.0.0.1.key", str(certificate.private))
    text = text.replace("/var/log/nginx", str(folder))
    if strips:
        text = text.replace("http://registry_monitor;", "http://registry_monitor/;")
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = f"daemon off; pid {folder}/pid; error_log {folder}/nginx.log; worker_processes 1;"
    (folder / "nginx.conf").write_text(f"{main} events {{}} http {{ {temporary}\n{text}\n}}\n", encoding="utf-8")
    with _running(
        ["nginx", "-e", f"{folder}/nginx.log", "-p", str(folder), "-c", f"{folder}/nginx.conf"], folder, port
    ):
        yield


@contextmanager
def caddy(folder: Path, *, port: int, service: str, certificate: Certificate) -> Iterator[None]:
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8").replace("127.0.0.1:8080", service)
    tls = f"\ttls {certificate.public} {certificate.private}\n"
    text = text.replace(f"{NAME} {{\n", f"https://127.0.0.1:{port} {{\n\tbind 127.0.0.1\n{tls}")
    options = "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n"
    (folder / "Caddyfile").write_text(options + text, encoding="utf-8")
    with _running(["caddy", "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"], folder, port):
        yield


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    program = shutil.which(command[0])
    if not program:
        pytest.skip(f"there is no {command[0]}")
    environment = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    log = (folder / "said").open("wb")
    with log, subprocess.Popen([program, *command[1:]], stdout=log, stderr=log, env=environment) as process:
        try:
            eventually(lambda: _answers(port) or process.poll() is not None, within=20)
            assert process.poll() is None, (folder / "said").read_text()
            yield
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False

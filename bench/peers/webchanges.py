"""webchanges, a fork of urlwatch."""

from bench.peers.program import Look, Place, Program
from bench.peers.reported import jobs, look_of
from bench.process import run

SETTINGS = """version_check:
  enabled: false
report:
  stdout:
    enabled: true
    color: false
  text:
    details: true
"""


class Webchanges(Program):
    """A job a trial."""

    name = "webchanges"
    package = "webchanges"
    environment = ".venv-peers"
    home = "https://github.com/mborsetti/webchanges"
    used = (
        "As urlwatch, with its own defaults (SQLite, as many threads as it chooses), but with `http_client: "
        "requests`: with its default client, httpx, it takes four times the processor time. Its question to PyPI "
        "for a newer version is switched off."
    )

    def prepare(self, place: Place) -> None:
        """Write its jobs and settings."""
        (place.folder / "jobs.yaml").write_text(jobs(place, more="http_client: requests\n"), encoding="utf-8")
        (place.folder / "config.yaml").write_text(SETTINGS, encoding="utf-8")

    def look(self, place: Place, *, limit: float = 0) -> Look:
        """Run all jobs."""
        files = ["--jobs", "jobs.yaml", "--config", "config.yaml", "--database", "snapshots.db", "--hooks", "none.py"]
        command = [str(self.python), str(self.python.with_name("webchanges")), *files]
        return look_of(run(command, folder=place.folder, limit=limit))

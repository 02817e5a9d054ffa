"""urlwatch."""

from bench.peers.program import Look, Place, Program
from bench.peers.reported import jobs, look_of
from bench.process import run

SETTINGS = "report:\n  stdout:\n    enabled: true\n    color: false\n  text:\n    details: true\n"


class Urlwatch(Program):
    """A job a trial."""

    name = "urlwatch"
    package = "urlwatch"
    environment = ".venv-peers"
    home = "https://github.com/thp/urlwatch"
    used = (
        "A job for each trial: its address with `fields=protocolSection|hasResults` and the filter `format-json`; "
        "ten at a time, as always. It keeps the last text of each page in its `minidb`, and prints its report. It "
        "sends the ETag of the last answer, so where nothing was refreshed it gets a 304 for each."
    )

    def prepare(self, place: Place) -> None:
        """Write its jobs and settings."""
        (place.folder / "urls.yaml").write_text(jobs(place), encoding="utf-8")
        (place.folder / "urlwatch.yaml").write_text(SETTINGS, encoding="utf-8")

    def look(self, place: Place, *, limit: float = 0) -> Look:
        """Run all jobs."""
        files = ["--urls", "urls.yaml", "--config", "urlwatch.yaml", "--cache", "cache.db", "--hooks", "none.py"]
        command = [str(self.python), str(self.python.with_name("urlwatch")), *files]
        return look_of(run(command, folder=place.folder, limit=limit))

"""Other programs that watch the same trials of the same registry, each as its own documentation has it used.

`make bench-peers` installs them into an environment of their own, from requirements-peers.lock.

BioCatalystFeed: one watch of everything, so that it asks for pages of 1,000 trials in the fields it compares.
urlwatch:        a job for each trial, with the record's own part and `format-json`; ten at a time, as it always does.
"""

from collections.abc import Callable, Mapping
from importlib.metadata import distributions
from pathlib import Path

from bench.installed import trial_ids
from bench.process import Ran, run

PYTHON = Path(__file__).parent.parent / ".venv-peers" / "bin" / "python"
START = Path(__file__).with_name("start_biocatalystfeed.py")
BIOCATALYSTFEED, URLWATCH = "BioCatalystFeed", "urlwatch"
FOUND = ("biocatalystfeed", "urlwatch")

JOB = """url: {base_url}/studies/{trial_id}?fields=protocolSection%7ChasResults
filter:
  - format-json
"""
SETTINGS = "report:\n  stdout:\n    enabled: true\n  text:\n    details: true\n"


def are_installed() -> bool:
    """Whether their environment is there."""
    return PYTHON.exists()


def versions() -> dict[str, str]:
    """Of each peer, its version."""
    paths = [str(path) for path in PYTHON.parent.parent.glob("lib/python3*/site-packages")]
    found = {each.metadata["Name"].lower(): each.version for each in distributions(path=paths)}
    return {name: found[name] for name in FOUND}


def ready(folder: Path, base_url: str, trials: int) -> Mapping[str, Callable[[], Ran]]:
    """What runs each peer once over so many trials, with what it keeps between runs in *folder*."""
    return {BIOCATALYSTFEED: _biocatalystfeed(folder, base_url, trials), URLWATCH: _urlwatch(folder, base_url, trials)}


def _biocatalystfeed(folder: Path, base_url: str, trials: int) -> Callable[[], Ran]:
    watch = ["watch", "--name", "everything", "--max", str(trials)]
    command = [str(PYTHON), "-P", str(START), base_url, "trials", "--db", "bcf.db", *watch]

    def once() -> Ran:
        ran = run(command, folder=folder)
        assert f"trials={trials} " in ran.output, ran.output[:500]
        return ran

    return once


def _urlwatch(folder: Path, base_url: str, trials: int) -> Callable[[], Ran]:
    jobs = (JOB.format(base_url=base_url, trial_id=each) for each in trial_ids(trials))
    (folder / "urls.yaml").write_text("---\n".join(jobs), encoding="utf-8")
    (folder / "urlwatch.yaml").write_text(SETTINGS, encoding="utf-8")
    files = ["--urls", "urls.yaml", "--config", "urlwatch.yaml", "--cache", "cache.db", "--hooks", "none.py"]
    command = [str(PYTHON), str(PYTHON.with_name("urlwatch")), *files]

    def once() -> Ran:
        ran = run(command, folder=folder)
        assert "ERROR" not in ran.output, ran.output[:500]
        return ran

    return once

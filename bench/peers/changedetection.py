"""changedetection.io."""

import json
import os
import re
from collections import Counter
from pathlib import Path

from bench.peers.program import Look, Place, Program, arrived_during
from bench.process import Ran, run

START = Path(__file__).with_name("start_changedetection.py")
WORKERS = "10"
SETTINGS = {
    "ALLOW_IANA_RESTRICTED_ADDRESSES": "true",  # the registry is on this machine
    "DISABLE_VERSION_CHECK": "yes",
    "FETCH_WORKERS": WORKERS,
}
_TRIAL = re.compile(r"/studies/(NCT\d{8})")


class ChangeDetection(Program):
    """A watch a trial, in batch mode."""

    name = "changedetection.io"
    package = "changedetection.io"
    environment = ".venv-peers-changedetection"
    home = "https://github.com/dgtlmoon/changedetection.io"
    used = (
        "A watch for each trial, with the same address as for urlwatch, fetched without a browser, ten at a time, "
        "in its batch mode (`-b -r all`, for cron jobs), which waits for three seconds before it looks whether all "
        "is done, and gives up waiting after some four minutes. Its question for a newer version is switched off, "
        "as is its log below errors. In place of starting it again and again, people have it run as a service, "
        "which takes 90 MB and more for as long as it runs. As its batch mode notifies nobody, it is a service "
        "where somebody is told, each watch with a webhook (`json://`): `bench/peers/start_changedetection.py` "
        "starts it with `-r all`, and ends it when all is looked at and sent."
    )

    def prepare(self, place: Place) -> None:
        """Nothing: its watches are added by the first look."""

    def look(self, place: Place, *, limit: float = 0) -> Look:
        """Add the watches, or have all of them looked at again."""
        command = [str(self.python), *self._arguments(place)]
        environment = {**os.environ, **SETTINGS}
        before = _kept(place.folder)

        def once() -> Ran:
            return run(command, folder=place.folder, environment=environment, limit=limit, status=None)

        if place.tells:
            ran, told = arrived_during(place, "changedetection", once)
            return Look(ran, told, failed=_failed(place.folder))
        ran = once()
        after = _kept(place.folder)
        told = list((after - before).elements()) if before else []
        return Look(ran, told, failed=_failed(place.folder), read=len(after))

    def _arguments(self, place: Place) -> list[str]:
        data = place.folder / "data"
        always = ["-d", str(data), "-h", "127.0.0.1", "-p", "0", "-l", "ERROR"]
        batch = [str(self.python.with_name("changedetection.io")), *always, "-b"]
        if data.exists():
            return [*(["-P", str(START), *always] if place.tells else batch), "-r", "all"]
        added = [part for each in place.trial_ids for part in ("-u", place.address_of(each))]
        hook = {"notification_urls": [place.registry.hooks().replace("http://", "json://")]}
        told = [part for number in range(len(place.trial_ids)) for part in (f"-u{number}", json.dumps(hook))]
        return [*batch, "-C", *added, *(told if place.tells else [])]


def _kept(folder: Path) -> Counter[str]:
    """Of each trial that was read, how many versions are kept."""
    kept: Counter[str] = Counter()
    for history in folder.glob("data/*/history.txt"):
        kept[_trial_of(history.parent)] = len(history.read_text(encoding="utf-8").splitlines())
    return kept


def _failed(folder: Path) -> int:
    """How many watches have an error."""
    return sum(bool(_watch(each.parent).get("last_error")) for each in folder.glob("data/*/watch.json"))


def _trial_of(folder: Path) -> str:
    found = _TRIAL.search(str(_watch(folder).get("url")))
    return found[1] if found else folder.name


def _watch(folder: Path) -> dict[str, object]:
    try:
        return dict(json.loads((folder / "watch.json").read_bytes()))
    except (OSError, ValueError):
        return {}

"""BioCatalystFeed."""

import re
from pathlib import Path

from bench.peers.program import Look, Place, Program
from bench.process import run

START = Path(__file__).with_name("start_biocatalystfeed.py")
_CHANGE = re.compile(r"^  (?:critical|notable|minor) +(NCT\d{8}) ", re.MULTILINE)
_SEEN = re.compile(r"^watch=\S+ run=\d+ trials=(\d+) ", re.MULTILINE)


class BioCatalystFeed(Program):
    """One watch of everything."""

    name = "BioCatalystFeed"
    package = "biocatalystfeed"
    environment = ".venv-peers"
    home = "https://github.com/biocatalystfeed/biocatalystfeed"
    used = (
        "`bcf trials watch --name everything --max N`: it asks for all trials in the 25 fields that it reads, "
        "1,000 a page, and compares and rewrites each, whether or not anything was refreshed. It keeps no records, "
        "sees no change outside of 15 fields, and prints what it saw. Its registry's address is a constant, so it "
        "is started by `bench/peers/start_biocatalystfeed.py`, which sets that constant, takes away the pause of "
        "1.3 s between two requests (ours is taken away by configuration), and then calls its own `main`."
    )

    def prepare(self, place: Place) -> None:
        """Nothing: its database is made by the first look."""

    def look(self, place: Place, *, limit: float = 0) -> Look:
        """Watch all trials; the registry has one more than are watched."""
        watch = ["trials", "--db", "bcf.db", "watch", "--name", "everything", "--max", str(len(place.trial_ids) + 1)]
        command = [str(self.python), "-P", str(START), place.registry.base_url, *watch]
        ran = run(command, folder=place.folder, limit=limit, status=None)
        told = list(dict.fromkeys(_CHANGE.findall(ran.output)))
        seen = _SEEN.search(ran.output)
        return Look(ran, told, failed=0 if seen else len(place.trial_ids), read=int(seen[1]) if seen else 0)

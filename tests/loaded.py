"""Everything that a command may load, for the server that processes of tests are forked from.

A process that finds it there starts in half the time; and what SQL the usual statements are, is known by then, too.
Only that server imports this, as the last of what it loads.
"""

import gc
import pkgutil
from contextlib import closing
from importlib import import_module
from tempfile import TemporaryDirectory

import monitor
from monitor.storage.store import Store
from tests.compiled import compile_once
from tests.nodes import Nodes, named
from tests.program import Program

TRIAL = "NCT05550201"

compile_once()

for module in pkgutil.walk_packages(monitor.__path__, "monitor."):
    if ".migrations" not in module.name and not module.name.endswith("__main__"):
        import_module(module.name)

# A trial is watched, and its change is found, without a request: whoever is forked here begins with no threads.
with TemporaryDirectory() as folder, closing(Store.open(f"sqlite:///{folder}/monitor.sqlite3")) as store:
    registry = Nodes(TRIAL)
    program = Program(store, registry)  # type: ignore[arg-type] - it asks for what any registry can
    program.watch(TRIAL)
    program.check()
    registry.build(**{TRIAL: named("NEW")})
    program.clock.advance(days=1)
    program.check()
del program, registry, store

# What is loaded stays as long as the process: no collection of a child looks through it, or copies its pages.
gc.collect()
gc.freeze()

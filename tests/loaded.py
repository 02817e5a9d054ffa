"""Everything that a command may load, for the server that processes of tests are forked from.

A process that finds it there starts in half the time. Only that server imports this, as the last of what it loads.
"""

import gc
import pkgutil
from importlib import import_module

import monitor

for module in pkgutil.walk_packages(monitor.__path__, "monitor."):
    if ".migrations" not in module.name and not module.name.endswith("__main__"):
        import_module(module.name)

# What is loaded stays as long as the process: no collection of a child looks through it, or copies its pages.
gc.collect()
gc.freeze()

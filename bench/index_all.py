"""`python index_all.py`: make all that is missing of the index, as the service does after its first pass."""

import os

from monitor.app import open_app
from monitor.config import load

if __name__ == "__main__":
    with open_app(load(None, os.environ)) as program:
        done = program.index()
    print(done.trials, done.damaged)

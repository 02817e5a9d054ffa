"""A sandbox registry whose trials are JSON trees: what the folders of registries with a small API complete.

    trees -> seen -> registry   what is published, as one request sees it, and the answer that the folder makes of it
    controls, panels            its part of the control page

The folder of a registry has a class `Sandbox(SmallRegistry)` with its written trials and one method, `answer_well`.
"""

from monitor.sandbox.small.registry import SmallRegistry
from monitor.sandbox.small.trees import State, Trial, WrittenTrial

__all__ = ["SmallRegistry", "State", "Trial", "WrittenTrial"]

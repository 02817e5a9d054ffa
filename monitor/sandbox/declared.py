"""The registries that a sandbox can imitate: each has a folder here, which is loaded when it is asked for."""

from importlib import import_module

from monitor.errors import ConfigurationInvalid
from monitor.sandbox.inboxes import Inboxes
from monitor.sandbox.registry import SandboxRegistry

FOLDERS = {
    "clinicaltrials.gov": "clinicaltrials_gov",
    "isrctn.com": "isrctn",
    "euclinicaltrials.eu": "ctis",
    "clinicaltrialsregister.eu": "euctr",
    "drks.de": "drks",
}
"""By the registry's key, each folder with a class `Sandbox`. The first is the default."""
EVERY = "all"


def imitated(named: list[str]) -> list[str]:
    """The keys that *named* means, each once: the default for none. Raises ConfigurationInvalid for an unknown one."""
    for key in named:
        if key != EVERY and key not in FOLDERS:
            raise ConfigurationInvalid(
                f"The sandbox cannot imitate {key!r}: name one of {', '.join(FOLDERS)}, or {EVERY}."
            )
    default = next(iter(FOLDERS))
    return list(dict.fromkeys(key for one in named or [default] for key in (FOLDERS if one == EVERY else [one])))


def sandbox_of(key: str, *, trials: int, port: int, inboxes: Inboxes) -> SandboxRegistry:
    """A local registry like the one of this key, not yet started."""
    folder = import_module(f"monitor.sandbox.{FOLDERS[key]}")
    made: SandboxRegistry = folder.Sandbox(trials=trials, port=port, inboxes=inboxes)
    return made

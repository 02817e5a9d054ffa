"""What the core asks of the outside: the ports `Registry` and `Transport`, and the values that cross them.

registry   what is asked of a registry, and what only some can be asked
answers    what it answers for trials
history    which versions a record had before
siblings   where else a trial is registered, by what its record says
searches   what is looked for in it, and the pages that it answers with
transport  what is asked of what sends, a channel's
"""

from monitor.ports.answers import (
    Answer,
    Merged,
    Missing,
    Oddity,
    ProbeResult,
    RegistryVersion,
    SavedPage,
    Unanswered,
    Unmoved,
    Unreadable,
)
from monitor.ports.history import FormerVersion, HistoryReading
from monitor.ports.registry import (
    ByCalendar,
    Documents,
    FedRegistry,
    FetchedRegistry,
    Fetching,
    Identity,
    KnownByEdits,
    PageReading,
    PairReading,
    Probing,
    Registry,
    RegistryConnection,
    Searching,
    SharedSearching,
    SponsorLookup,
    Sweeping,
    Traffic,
    Versions,
    cannot_be_asked,
    fetched,
    find_registry,
    old_after,
    registry_to_search,
    searching,
    sweeping,
)
from monitor.ports.searches import SearchPage, SharedPage, SponsorName, SweepPage
from monitor.ports.siblings import siblings_in
from monitor.ports.transport import Accepted, Transport

__all__ = [
    "Accepted",
    "Answer",
    "ByCalendar",
    "Documents",
    "FedRegistry",
    "FetchedRegistry",
    "Fetching",
    "FormerVersion",
    "HistoryReading",
    "Identity",
    "KnownByEdits",
    "Merged",
    "Missing",
    "Oddity",
    "PageReading",
    "PairReading",
    "ProbeResult",
    "Probing",
    "Registry",
    "RegistryConnection",
    "RegistryVersion",
    "SavedPage",
    "SearchPage",
    "Searching",
    "SharedPage",
    "SharedSearching",
    "SponsorLookup",
    "SponsorName",
    "SweepPage",
    "Sweeping",
    "Traffic",
    "Transport",
    "Unanswered",
    "Unmoved",
    "Unreadable",
    "Versions",
    "cannot_be_asked",
    "fetched",
    "find_registry",
    "old_after",
    "registry_to_search",
    "searching",
    "siblings_in",
    "sweeping",
]

"""Exports of the WHO's portal (ICTRP), as XML or as CSV: which trials of which registries they hold, and of what day.

rows      the rows of a file, a trial each, whatever its form
dating    of what day a file is
reading   rows become documents of the registries that files feed; the others are counted, and why

`portal_export` says whether a file is such an export. Everything is read twice, a part at a time: once for the day,
and once for the trials. One bad row harms no other.
"""

from monitor.operate.transfer.portal.reading import PortalExport, portal_export

__all__ = ["PortalExport", "portal_export"]

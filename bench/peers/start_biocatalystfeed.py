"""`python -P start_biocatalystfeed.py ADDRESS …`: the command `bcf …`, at another address than its own.

ClinicalTrials.gov's address is a constant of its module, and no setting. The pause of 1.3 s between two requests is a
default, and is taken away, as ours is by configuration. Nothing else is touched.
"""

import sys

from trialwatch import client

client.BASE = sys.argv.pop(1)
client.CTGovClient.__init__.__defaults__ = (0.0, None)

from biocatalystfeed.cli import main  # noqa: E402 - as its own script does

sys.exit(main())

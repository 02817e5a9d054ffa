"""A sandbox that answers like ClinicalTrials.gov. It offers what a monitor needs, and refuses everything else.

    initial_trials -> editions -> edition_view -> api -> (spoiling) -> sandbox

The *initial trials* are in the registry at first; they come from `trials/` or `synthetic`. Every data build turns what
has been published since into an *edition*. `api` answers a request from the *view* of one edition, and `spoiling`
alters the answer as a misbehaviour demands, if it is `concerned`. `history` has the former versions of studies, as the
registry's site shows them. `sandbox` puts that together; `controls` and `trial_page` are its part of the control page.
"""

from monitor.sandbox.clinicaltrials_gov.sandbox import Sandbox

__all__ = ["Sandbox"]

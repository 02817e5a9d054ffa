"""What a synthetic trial is, in short: all its sections are written out from this. Pure.

The plan is cheap, so that a list of trials needs nothing else. Shares of status, phase and precision follow the
registry (2026): about half of all trials are completed, a sixth unknown, an eighth have results.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from monitor.model import Json
from monitor.sandbox.clinicaltrials_gov.synthetic import vocabulary

STATUSES = {
    "COMPLETED": 3249, "UNKNOWN": 943, "RECRUITING": 653, "TERMINATED": 340, "NOT_YET_RECRUITING": 289,
    "ACTIVE_NOT_RECRUITING": 219, "WITHDRAWN": 166, "ENROLLING_BY_INVITATION": 52, "SUSPENDED": 17, "WITHHELD": 10,
    "NO_LONGER_AVAILABLE": 4, "AVAILABLE": 3, "APPROVED_FOR_MARKETING": 3, "TEMPORARILY_NOT_AVAILABLE": 1,
}  # fmt: skip
EXPANDED_ACCESS = ("NO_LONGER_AVAILABLE", "AVAILABLE", "APPROVED_FOR_MARKETING", "TEMPORARILY_NOT_AVAILABLE")
STOPPED = ("TERMINATED", "WITHDRAWN", "SUSPENDED")
ENDED = ("COMPLETED", "TERMINATED")
PHASES = {
    ("NA",): 40, ("PHASE2",): 17, ("PHASE1",): 13, ("PHASE3",): 12, ("PHASE4",): 10, ("PHASE1", "PHASE2"): 4,
    ("PHASE2", "PHASE3"): 2, ("EARLY_PHASE1",): 2,
}  # fmt: skip
_STATUS_NAMES, _STATUS_WEIGHTS = tuple(STATUSES), tuple(STATUSES.values())
_PHASE_NAMES, _PHASE_WEIGHTS = tuple(PHASES), tuple(PHASES.values())


@dataclass(frozen=True, slots=True)
class Plan:
    """One synthetic trial in short."""

    seed: int
    index: int
    trial_id: str
    alias: str | None
    today: date
    """The day on which it stands still: that of the sandbox's first data build."""
    study_type: str
    status: str
    phases: tuple[str, ...]
    condition: str
    treatment: str
    treatment_type: str
    comparator: str
    sponsor: str
    sponsor_class: str
    started: date
    primary_completed: date
    completed: date
    first_submitted: date
    last_submitted: date
    last_posted: date
    enrollment: int
    results_submitted: date | None
    arms: int
    bulk: float
    """How wordy its record is, about 1: who writes long criteria writes long outcomes too."""

    def random(self, module: str) -> Random:
        """A source of chance for one module, the same in every process."""
        return Random(f"{self.seed}/{self.index}/{module}")  # noqa: S311 - data for tests, no secret

    @property
    def has_results(self) -> bool:
        """Whether results are posted."""
        return self.results_submitted is not None

    @property
    def words(self) -> Json:
        """What the sentences of the vocabulary ask for, besides numbers."""
        return {"condition": self.condition, "treatment": self.treatment, "comparator": self.comparator}


def plan_trial(seed: int, index: int, trial_id: str, *, alias: str | None, today: date) -> Plan:
    """The plan of the trial with this number, as it stands *today*."""
    rng = Random(f"{seed}/{index}")  # noqa: S311 - data for tests, no secret
    status = rng.choices(_STATUS_NAMES, _STATUS_WEIGHTS)[0]
    study_type = "OBSERVATIONAL" if rng.random() < 0.22 else "INTERVENTIONAL"
    if status in EXPANDED_ACCESS:
        study_type = "EXPANDED_ACCESS"
    interventional = study_type == "INTERVENTIONAL"
    started, primary_completed, completed = trial_dates(rng, status, today)
    first_submitted = min(started + timedelta(days=rng.randint(-150, 240)), today - timedelta(days=rng.randint(8, 90)))
    if status == "UNKNOWN":
        first_submitted = min(first_submitted, completed)
    last_submitted = last_submission(rng, status, today, not_before=first_submitted, completed=completed)
    treatment_type, treatment = choose_treatment(rng, interventional)
    sponsor, sponsor_class = choose_sponsor(rng)
    with_results = interventional and status in ENDED and rng.random() < 0.25
    return Plan(
        seed=seed,
        index=index,
        trial_id=trial_id,
        alias=alias,
        today=today,
        study_type=study_type,
        status=status,
        phases=rng.choices(_PHASE_NAMES, _PHASE_WEIGHTS)[0] if interventional else (),
        condition=rng.choice(vocabulary.CONDITIONS),
        treatment=treatment,
        treatment_type=treatment_type,
        comparator=rng.choice(("placebo", "usual care", "standard treatment")),
        sponsor=sponsor,
        sponsor_class=sponsor_class,
        started=started,
        primary_completed=primary_completed,
        completed=completed,
        first_submitted=first_submitted,
        last_submitted=last_submitted,
        last_posted=min(last_submitted + timedelta(days=min(1 + int(rng.expovariate(0.25)), 60)), today),
        enrollment=0 if status == "WITHDRAWN" else int(rng.lognormvariate(4.3, 1.3)) + 1,
        results_submitted=min(completed + timedelta(days=rng.randint(200, 700)), last_submitted)
        if with_results
        else None,
        bulk=rng.lognormvariate(0.18, 0.6),
        arms=rng.choices((1, 2, 3, 4), (35, 45, 12, 8))[0],
    )


def trial_dates(rng: Random, status: str, today: date) -> tuple[date, date, date]:
    """Start, primary completion and completion, as they go with a status *today*."""
    length = timedelta(days=int(rng.lognormvariate(6.4, 0.7)) + 30)
    if status == "NOT_YET_RECRUITING":
        start = today + timedelta(days=rng.randint(10, 300))
    elif status in ("RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "SUSPENDED", "AVAILABLE"):
        start = today - length * rng.uniform(0.1, 0.8)
    else:
        ended = today - timedelta(days=rng.randint(800 if status == "UNKNOWN" else 60, 6500))
        start = ended - length
    primary = start + length * rng.uniform(0.7, 1.0)
    return start, primary, start + length


def last_submission(rng: Random, status: str, today: date, *, not_before: date, completed: date) -> date:
    """When the sponsor last sent anything: for an UNKNOWN trial more than two years ago."""
    if status == "UNKNOWN":
        latest = today - timedelta(days=rng.randint(770, 2500))
    elif status in (*STOPPED, "COMPLETED"):
        latest = completed + timedelta(days=rng.randint(10, 900))
    else:
        latest = today - timedelta(days=min(int(rng.expovariate(1 / 150)), 700))
    return max(not_before, min(latest, today - timedelta(days=2)))


def choose_treatment(rng: Random, interventional: bool) -> tuple[str, str]:
    """An intervention's type and name."""
    kind = rng.choices(("DRUG", "BIOLOGICAL", "BEHAVIORAL", "DEVICE", "PROCEDURE"), (50, 12, 18, 10, 10))[0]
    if kind in ("DRUG", "BIOLOGICAL") or not interventional:
        return kind, (rng.choice(vocabulary.DRUG_STEMS) + rng.choice(vocabulary.DRUG_ENDINGS)).capitalize()
    names = {"BEHAVIORAL": vocabulary.PROGRAMMES, "DEVICE": vocabulary.DEVICES, "PROCEDURE": vocabulary.PROCEDURES}
    return kind, rng.choice(names[kind])


def choose_sponsor(rng: Random) -> tuple[str, str]:
    """An invented organisation and its class."""
    kind = rng.choices(("OTHER", "INDUSTRY", "NETWORK", "OTHER_GOV", "NIH", "FED", "INDIV"), (66, 26, 3, 2, 1, 1, 1))[0]
    place = rng.choice(vocabulary.PLACE_NAMES)
    endings = {"INDUSTRY": vocabulary.INDUSTRY, "NETWORK": vocabulary.NETWORKS}
    if kind == "INDIV":
        return f"{rng.choice(vocabulary.FIRST_NAMES)} {rng.choice(vocabulary.LAST_NAMES)}", kind
    return f"{place} {rng.choice(endings.get(kind, vocabulary.ACADEMIA))}", kind

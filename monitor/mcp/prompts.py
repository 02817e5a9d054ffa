"""Questions to begin with, for four kinds of people: what an agent is asked to do, with the tools that do it. Pure.

Arguments are put in as people give them, on one line and in quotation marks: nothing of a registry's stands here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template

from monitor.mcp.tool import Refused
from monitor.mcp.untrusted import RULE
from monitor.text import one_line

LONGEST = 200
"""Characters of an argument."""
_CLOSING = f"""\
Give for every statement the trial's id, the day on which the change was seen, and the old and the new value. Say which
trials were looked at, and of when the data are (get_health). Say so where nothing changed; guess nothing.
{RULE}
"""


@dataclass(frozen=True, slots=True)
class Argument:
    """What a question asks for."""

    name: str
    description: str
    usual: str | None = None
    """What stands for it where it is left out; None where it must not be."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question."""

    name: str
    title: str
    description: str
    arguments: Sequence[Argument]
    text: str
    """With $name where an argument goes."""

    def filled(self, given: Mapping[str, str]) -> str:
        """The question with these arguments. Refused where one is missing, unknown or too long."""
        known = {each.name: each for each in self.arguments}
        if unknown := sorted(given.keys() - known.keys()):
            raise Refused(f"{self.name} takes no “{unknown[0][:40]}”. Next: give {', '.join(known)}.")
        values = {}
        for each in self.arguments:
            value = one_line(given.get(each.name) or each.usual or "")
            if not value or len(value) > LONGEST:
                raise Refused(f"{self.name} needs {each.name}, at most {LONGEST} characters: {each.description}")
            values[each.name] = value
        return f"{Template(self.text).substitute(values)}\n\n{_CLOSING}"


_SINCE = Argument("since", "From when on: monday, 7d, 6m, 2026-01-01.", "30d")

PROMPTS = (
    Prompt(
        "competitor_watch",
        "What a competitor changed",
        "For a sponsor's analyst: what changed in a competitor's trials, and what it means for its plans.",
        (Argument("sponsor", "The competitor's name, as registries write it."), _SINCE),
        """\
What changed in the trials that “$sponsor” leads, since $since?

Find the exact name with list_sponsors. Take get_sponsor for its trials and how they stand, and list_changes with
sponsor and since for what changed, page by page. For each trial that slipped, stopped, shrank or changed its primary
outcome, compare its first and its latest snapshot with compare_snapshots. Rank what you found by how much it delays
or endangers a result: stops first, then primary completion dates with their slip in days, then enrollment, then
outcomes. End with what is due next, by primary_completion_date.
""",
    ),
    Prompt(
        "patient_group_update",
        "What changed for patients",
        "For a patient group: which trials on a condition began, opened, closed or stopped, in plain words.",
        (Argument("condition", "The condition, such as amyotrophic lateral sclerosis."), _SINCE),
        """\
What changed since $since in trials on “$condition” that matters to patients?

Find how the condition is written with list_conditions, and its trials with get_condition or search_trials. Take
list_changes with topics status, eligibility and sites. Write a page for people without medical training: which trials
began or began to recruit, which closed, which stopped and what reason was given word for word, where sites came or
went, and who may take part now that could not before, or the other way round. Give no medical advice; say that the
trial's own contact answers questions.
""",
    ),
    Prompt(
        "trial_background",
        "The story of a trial",
        "For a journalist: the history of one trial with evidence for each statement.",
        (Argument("trial_id", "A registration number, such as NCT02116634."),),
        """\
What is the history of trial “$trial_id”, and can each step of it be shown?

Take get_trial, then list_snapshots to the first one. Compare the first snapshot with the latest, and each pair
between which something major or critical changed. Write a dated chronology: what was planned, what was changed when,
before or after recruitment and the primary completion, and what the sponsor gave as a reason, quoted word for word.
List separately what the record does not say and whom to ask. Give for each line the snapshot numbers, so that an
editor can check it.
""",
    ),
    Prompt(
        "outcome_switching",
        "Were outcomes switched?",
        "For a meta-researcher: whether the primary outcomes of some trials were changed, and when.",
        (
            Argument("trials", "Registration numbers with commas between, or words to search for."),
            Argument("until", "What counts as the end of a trial's conduct.", "the primary completion date"),
        ),
        """\
Were primary outcomes switched in these trials: “$trials”?

Find them with get_trial or search_trials. For each, read primary_outcomes with get_record as of snapshot 1, as of the
day of $until, and of the latest snapshot, and the changes with compare_snapshots. Classify each change: added,
dropped, promoted from secondary, demoted to secondary, another measure, another time frame, only reworded. Take its
timing from the tool's `timing`. Answer with a table of one row a change: trial, snapshots, day, class, old wording,
new wording; then a count by class; then what could not be decided and why.
""",
    ),
)
BY_NAME = {prompt.name: prompt for prompt in PROMPTS}

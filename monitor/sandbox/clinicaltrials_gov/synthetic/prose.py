"""Sentences, numbers and names for synthetic trials. Pure."""

from collections.abc import Sequence
from random import Random

from monitor.sandbox.clinicaltrials_gov.synthetic import vocabulary
from monitor.sandbox.clinicaltrials_gov.synthetic.plan import Plan


def sentence(plan: Plan, rng: Random, forms: Sequence[str]) -> str:
    """One sentence of the vocabulary, about this trial."""
    weeks = 4 * (1 + int(rng.random() * 26))
    return forms[int(rng.random() * len(forms))].format(
        condition=plan.condition,
        treatment=plan.treatment,
        comparator=plan.comparator,
        measure=measure_name(rng),
        count=plan.enrollment or 40,
        percent=15 + int(rng.random() * 50),
        days=7 * (1 + int(rng.random() * 12)),
        early=2 + weeks // 12,
        middle=weeks // 2,
        weeks=weeks,
        months=3 + weeks // 4,
        years=1 + weeks // 26,
    )


def sentences(plan: Plan, rng: Random, forms: Sequence[str], count: int) -> str:
    """A text of paragraphs of four sentences."""
    written = [sentence(plan, rng, forms) for _ in range(count)]
    return "\n\n".join(" ".join(written[start : start + 4]) for start in range(0, count, 4))


def measure_name(rng: Random) -> str:
    """Something that can be measured."""
    return vocabulary.MEASURES[int(rng.random() * len(vocabulary.MEASURES))]


def person(rng: Random) -> str:
    """An invented person."""
    return f"{rng.choice(vocabulary.FIRST_NAMES)} {rng.choice(vocabulary.LAST_NAMES)}, MD"


def phone(rng: Random) -> str:
    """A number in a range kept free for fiction."""
    return f"+1-202-555-01{rng.randint(0, 99):02}"


def mail_address(name: str) -> str:
    """An address at a domain that cannot exist."""
    first, last = name.removesuffix(", MD").lower().split(" ")
    return f"{first}.{last}@trials.example"

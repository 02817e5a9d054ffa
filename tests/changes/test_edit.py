"""Where two texts part, found by halves of their characters: the same as word by word."""

import random
from collections import Counter

import pytest

from monitor.changes.edit import edit
from monitor.changes.spelling import respelled, says_the_same
from monitor.text import fold_wording
from tests.sample_sizes import seeds

WORDS = ("a", "b", "ab", "a.", "B", "é", "1", "-1", "b-", "x.5", ".", "...", "ß", "ss", "\u0308")


def sentence_and_edition(rng: random.Random) -> tuple[list[str], list[str]]:
    before = rng.choices(WORDS, k=rng.randint(0, 6))
    after = list(before)
    for _ in range(rng.randint(0, 3)):
        place = rng.randint(0, len(after))
        after[place : place + rng.randint(0, 1)] = rng.choices(WORDS, k=rng.randint(0, 1))
    return before, after


@pytest.mark.parametrize("seed", seeds(4))
def test_an_edit_is_what_is_left_between_the_words_that_both_texts_share(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(2_000):
        before, after = sentence_and_edition(rng)
        shortest = min(len(before), len(after))
        start = next((at for at in range(shortest) if before[at] != after[at]), shortest)
        end = next((at for at in range(shortest - start) if before[-1 - at] != after[-1 - at]), shortest - start)
        old, new = before[start : len(before) - end], after[start : len(after) - end]

        found = edit(" ".join(before), " ".join(after))

        assert (found.lead.split(), found.trail.split()) == (before[:start], before[len(before) - end :])
        assert (list(found.removed), list(found.added)) == (old, new)
        came, went = Counter(new) - Counter(old), Counter(old) - Counter(new)
        assert found.measure == {"words_added": came.total(), "words_removed": went.total()}


@pytest.mark.parametrize("seed", seeds(4))
def test_whether_two_texts_say_the_same_is_seen_where_they_part(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(2_000):
        before, after = (" ".join(words) for words in sentence_and_edition(rng))

        same = fold_wording(before) == fold_wording(after) or respelled(before, after)

        assert says_the_same(before, after) is same

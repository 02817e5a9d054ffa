"""The part of the Essie query language that a monitor needs, as predicates on studies. Pure.

    expression := factor { OR factor }          factor := term { [AND] term }
    term       := NOT term | ( expression ) | ALL | [AREA[piece]] [COVERAGE[kind]] words
                | AREA[piece] RANGE[from,to] | AREA[piece] MISSING

Operators must be in upper case, as in the registry. Words match as text anywhere in the field, in any case;
COVERAGE[FullMatch] needs the whole field. There are no synonyms, stemming, weights or places: searches here find
fewer trials.
"""

import re
from collections.abc import Callable, Sequence
from math import inf

from monitor.model import Json
from monitor.sandbox.clinicaltrials_gov.pieces import Node, find_node

Values = Callable[[str], Sequence[Json]]
"""All values that a study has at a path."""
Predicate = Callable[[Values], bool]

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|(?:AREA|RANGE|COVERAGE)\[[^\]]*\]|[()]|[^\s()"]+')
OPERATORS = ("AND", "OR", "NOT", "ALL", "MISSING", "(", ")")
DEEPEST = 50
ENUMS = {
    "protocolSection.designModule.phases": ("NA", "EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4"),
    "protocolSection.designModule.studyType": ("EXPANDED_ACCESS", "INTERVENTIONAL", "OBSERVATIONAL"),
    "protocolSection.statusModule.overallStatus": (
        "ACTIVE_NOT_RECRUITING",
        "COMPLETED",
        "ENROLLING_BY_INVITATION",
        "NOT_YET_RECRUITING",
        "RECRUITING",
        "SUSPENDED",
        "TERMINATED",
        "WITHDRAWN",
        "AVAILABLE",
        "NO_LONGER_AVAILABLE",
        "TEMPORARILY_NOT_AVAILABLE",
        "APPROVED_FOR_MARKETING",
        "WITHHELD",
        "UNKNOWN",
    ),
}


class ExpressionUnreadable(Exception):
    """The expression does not parse; the message is the registry's."""


def parse(expression: str, default_areas: Sequence[str]) -> Predicate:
    """The predicate that *expression* means; words outside an AREA look into the *default_areas* (paths).

    Raises ExpressionUnreadable.
    """
    parser = Parser(TOKEN.findall(expression), default_areas)
    predicate = parser.expression()
    if parser.token is not None:
        raise ExpressionUnreadable(f"extraneous input '{parser.token}'")
    return predicate


def terms_in(expression: str) -> int:
    """How many words and phrases are looked for."""
    return sum(
        token not in OPERATORS and not token.startswith(("AREA[", "RANGE[", "COVERAGE["))
        for token in TOKEN.findall(expression)
    )


class Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: Sequence[str], default_areas: Sequence[str]) -> None:
        self._tokens = [*tokens, None]
        self._default_areas = default_areas
        self._open_brackets = 0
        self._depth = 0

    @property
    def token(self) -> str | None:
        """The token to read next; None at the end."""
        return self._tokens[0]

    def take(self) -> str:
        """Read one token."""
        if self.token is None:
            missing = "missing ')'" if self._open_brackets else "unexpected end"
            raise ExpressionUnreadable(f"{missing} at '<EOF>'")
        return self._tokens.pop(0) or ""

    def expression(self) -> Predicate:
        """Factors joined by OR."""
        factors = [self.factor()]
        while self.token == "OR":  # noqa: S105 - a token of the language, no secret
            self.take()
            factors.append(self.factor())
        return lambda values: any(factor(values) for factor in factors)

    def factor(self) -> Predicate:
        """Terms joined by AND, or by nothing."""
        terms = [self.term()]
        while self.token not in (None, "OR", ")"):
            if self.token == "AND":  # noqa: S105 - a token of the language, no secret
                self.take()
            terms.append(self.term())
        return lambda values: all(term(values) for term in terms)

    def term(self) -> Predicate:
        """One condition."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionUnreadable("nested too deeply")
        made = self.condition(self.take())
        self._depth -= 1
        return made

    def condition(self, token: str) -> Predicate:
        """The condition that begins with *token*."""
        if token == "NOT":  # noqa: S105 - a token of the language, no secret
            negated = self.term()
            return lambda values: not negated(values)
        if token == "(":  # noqa: S105 - a token of the language, no secret
            return self.bracketed()
        if token == "ALL":  # noqa: S105 - a token of the language, no secret
            return lambda _: True
        if token.startswith("AREA["):
            return self.area(token[5:-1])
        return self.words(token, self._default_areas)

    def bracketed(self) -> Predicate:
        """An expression up to its closing bracket."""
        self._open_brackets += 1
        inner = self.expression()
        if self.take() != ")":
            raise ExpressionUnreadable("mismatched input, expecting ')'")
        self._open_brackets -= 1
        return inner

    def area(self, name: str) -> Predicate:
        """A condition on one field."""
        node = find_node(name)
        if node is None:
            raise ExpressionUnreadable(f"Unknown area name: `{name}`")
        token = self.take()
        if token == "MISSING":  # noqa: S105 - a token of the language, no secret
            return lambda values: not values(node.path)
        if token.startswith("RANGE["):
            return between(node, token[6:-1])
        if token == "(":  # noqa: S105 - a token of the language, no secret
            outer, self._default_areas = self._default_areas, (node.path,)
            inner = self.bracketed()
            self._default_areas = outer
            return inner
        return self.words(token, (node.path,))

    def words(self, token: str, paths: Sequence[str]) -> Predicate:
        """Text in any of these fields: one word, a quoted phrase, or a whole field after COVERAGE[FullMatch]."""
        whole = token.startswith("COVERAGE[")
        phrase = unquote(self.take() if whole else token).casefold()
        for path in paths:
            if path in ENUMS:
                return is_one_of(path, phrase.upper())
        if whole:
            return lambda values: any(str(value).casefold() == phrase for path in paths for value in values(path))
        return lambda values: any(phrase in str(value).casefold() for path in paths for value in values(path))


def is_one_of(path: str, code: str) -> Predicate:
    """The code is among the field's values. Raises where the field can have no such value."""
    if code not in ENUMS[path]:
        allowed = ", ".join(f"`{known}`" for known in ENUMS[path])
        raise ExpressionUnreadable(f"Allowed values for enum field `{path}` are {allowed}")
    return lambda values: code in values(path)


def between(node: Node, bounds: str) -> Predicate:
    """The field lies between two bounds, both included; MIN and MAX are open ends."""
    low, found, high = (part.strip() for part in bounds.partition(","))
    if not found:
        raise ExpressionUnreadable(f"mismatched input ']' in RANGE[{bounds}]")
    if node.sorts_as == "number":
        least, most = number(low, "MIN", -inf), number(high, "MAX", inf)
        return lambda values: any(least <= value <= most for value in values(node.path))
    return lambda values: any(
        (low == "MIN" or value >= low) and (high == "MAX" or value[: len(high)] <= high) for value in values(node.path)
    )


def number(text: str, open_end: str, limit: float) -> float:
    """A bound that is a number, or the *limit* where it is left open."""
    try:
        return limit if text == open_end else float(text)
    except ValueError:
        raise ExpressionUnreadable(f"mismatched input '{text}' in RANGE") from None


def unquote(token: str) -> str:
    """A phrase without its quotes and escapes."""
    if token.startswith('"') and token.endswith('"') and len(token) > 1:
        token = token[1:-1]
    return re.sub(r"\\(.)", r"\1", token)

"""A table of config.toml as the code has it."""

from typing import Any

import pytest

from monitor.settings import Section, secret, setting, table, values
from monitor.settings.refused import KeyUnknown, RuleBroken, Several


class Engine(Section):
    """A table."""

    power: int = setting(values.whole(1, 9), default=3, description="a number from 1 to 9")
    key: str = secret(description="a text")


class Boat(Section):
    """A table that holds one."""

    name: str = setting(values.name, default="Ada", description="a text")
    engine: Engine = table(Engine)

    def check(self) -> None:
        if self.name == "Titanic":
            raise RuleBroken("is a name that brings no luck")


def wrong(given: object) -> Any:
    """Where the table is wrong, and in which way."""
    with pytest.raises(Several) as caught:
        Boat.read(given)
    return [(key, type(error)) for key, error in caught.value.problems]


def test_what_is_not_given_is_as_by_default() -> None:
    assert Boat.read({"engine": {"power": 5}}) == Boat(name="Ada", engine=Engine(power=5, key=""))


def test_everything_that_is_wrong_is_told_with_its_place() -> None:
    given = {"engine": {"power": 10, "oars": 2}, "name": "", "sail": True}

    assert wrong(given) == [
        (("name",), ValueError),
        (("engine", "power"), ValueError),
        (("engine", "oars"), KeyUnknown),
        (("sail",), KeyUnknown),
    ]


def test_a_rule_of_a_table_is_held_against_values_that_are_good_each() -> None:
    with pytest.raises(RuleBroken):
        Boat.read({"name": "Titanic"})
    assert wrong({"name": "Titanic", "sail": True}) == [(("sail",), KeyUnknown)]


def test_a_value_of_another_type_is_none() -> None:
    for given in (True, "3", 3.0, None, [3], {"power": 3}):
        assert wrong({"engine": {"power": given}}) == [(("engine", "power"), ValueError)]
    for given in (None, [], "Ada", [{}]):
        assert wrong({"engine": given}) == [(("engine",), ValueError)]


def test_a_key_that_is_inherited_keeps_its_place_with_another_default() -> None:
    class Steamer(Boat):
        name: str = setting(values.name, default="Fram", description="a text")
        crew: int = setting(values.whole(1), default=13, description="a number")

    assert [*Steamer.settings] == ["name", "engine", "crew"]
    assert Steamer().name == "Fram"
    assert Boat().name == "Ada"


def test_a_section_is_replaced_and_never_changed() -> None:
    boat = Boat()

    assert boat.replace(name="Fram") == Boat(name="Fram")
    assert boat == Boat(name="Ada")
    assert boat != Engine()
    for forbidden in (lambda: setattr(boat, "name", "Fram"), lambda: delattr(boat, "name")):
        with pytest.raises(AttributeError):
            forbidden()
    with pytest.raises(TypeError, match="Boat has no sail"):
        Boat(sail=True)  # type: ignore[call-arg]


def test_a_secret_is_never_shown() -> None:
    assert repr(Boat(engine=Engine(key="hunter2"))) == "Boat(name='Ada', engine=Engine(power=3))"

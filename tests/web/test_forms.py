"""Forms as they come, and the networks that they are counted in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.web.site.forms import FormRefused, fields_of, one
from monitor.web.site.rates import MOST_KNOWN, Rate, network_of

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = 'multipart/form-data; boundary="b"'


def multipart(*parts: tuple[str, str]) -> bytes:
    return b"".join(f"--b\r\n{head}\r\n\r\n{value}\r\n".encode() for head, value in parts) + b"--b--\r\n"


def test_both_kinds_of_form_give_the_same() -> None:
    parts = [(f'Content-Disposition: form-data; name="{name}"', value) for name, value in (("a", "é 1"), ("b", ""))]

    assert (
        fields_of(MULTIPART, multipart(*parts))
        == fields_of(URLENCODED, b"a=%C3%A9+1&b=")
        == {
            "a": ["é 1"],
            "b": [""],
        }
    )


def test_a_file_in_a_form_is_left_out() -> None:
    head = 'Content-Disposition: form-data; name="a"; filename="x.txt"'

    assert fields_of(MULTIPART, multipart((head, "content"))) == {}


@given(st.binary(max_size=300), st.sampled_from([URLENCODED, MULTIPART, "multipart/form-data", "text/plain", ""]))
def test_whatever_comes_is_a_form_or_refused(body: bytes, kind: str) -> None:
    try:
        fields = fields_of(kind, body)
    except FormRefused:
        return
    assert all(isinstance(one(fields, name), str) for name in fields)


def test_of_several_values_none_is_the_one() -> None:
    form = fields_of(URLENCODED, b"a=1&a=2&b=3")

    assert (one(form, "a"), one(form, "b"), one(form, "c")) == ("", "3", "")


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", "unknown"),
        ("203.0.113.77:80", "unknown"),
        ("nowhere", "unknown"),
    ],
)
def test_an_address_is_counted_in_its_network(host: str, network: str) -> None:
    assert network_of(host) == network


def test_a_rate_is_kept_for_each_network_and_over_time() -> None:
    now = 0.0
    rate = Rate(2, 60, monotonic=lambda: now)

    assert [rate.allows("a") for _ in range(3)] == [True, True, False]
    assert rate.allows("b")
    now = 60.0
    assert rate.allows("a")


def test_a_rate_knows_so_many_networks_and_no_more() -> None:
    rate = Rate(1, 60, monotonic=lambda: 0.0)
    for number in range(MOST_KNOWN + 1):
        rate.allows(str(number))

    assert rate.allows("0"), "which was forgotten"
    assert not rate.allows(str(MOST_KNOWN))

"""A mailbox to subscribe is one address that can stand in SMTP as it is; anything else is refused with a way out."""

import pytest

from monitor.channels.email.address import checked_address
from monitor.errors import ConfigurationInvalid


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ines@trials.example.org", "ines@trials.example.org"),
        ("  Ines.Duarte+als@Example.ORG ", "Ines.Duarte+als@example.org"),
        ("o'neill@example.org", "o'neill@example.org"),
        ("ines@bücher.example", "ines@xn--bcher-kva.example"),
        ("josé@example.org", "josé@example.org"),
    ],
)
def test_an_address_is_kept_in_its_usual_form(typed, kept):
    assert checked_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "Ines Duarte <ines@example.org>",
        "<ines@example.org>",
        "mailto:ines@example.org?subject=hello",
        "ines@example..org",
        "ines@example,org",
        "ines @ example.org",
        "ines@example.org.",
        "ines@example.org,",
        '"ines@example.org"',
    ],
)
def test_what_was_plainly_meant_is_suggested(typed):
    with pytest.raises(ConfigurationInvalid) as refused:
        checked_address(typed)

    assert str(refused.value).endswith("did you mean ines@example.org?")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "is not a mail address: "),
        ("ines", "is not a mail address: it has no @"),
        ("@example.org", "nothing stands before its @"),
        ("ines@", "nothing stands after its @"),
        ("ines@localhost", "is not a whole domain"),
        ("ines@[127.0.0.1]", "is not a whole domain"),
        ("ines@exa mple.org", "is not a whole domain"),
        ("in(es)@example.org", "() cannot stand before its @"),
        ("in es@example.org", "cannot stand before its @"),
        (".ines@example.org", "is not a mail address: "),
        ("ines@example.org, omar@example.org", "one address is expected"),
        ("ines@example.org;omar@example.org", "one address is expected"),
        ("Ines <ines@example.org>, Omar <omar@example.org>", "one address is expected"),
        ("ines@example.org\r\nBcc: omar@example.org", "do not print"),
        ("ines@example.org\n", "do not print"),
        ("in\0es@example.org", "do not print"),
        ("ines\u202e@example.org", "do not print"),
        ("\ud800@example.org", "do not print"),
        ("x" * 300 + "@example.org", "it is too long"),
        ("x@" + "y" * 63 + ".example" * 30 + ".org", "it is too long"),
    ],
)
def test_what_is_no_single_address_is_refused_in_one_line(typed, reason):
    with pytest.raises(ConfigurationInvalid) as refused:
        checked_address(typed)

    message = str(refused.value)
    assert reason in message
    assert message.isprintable()
    assert len(message) < 300

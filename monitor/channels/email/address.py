"""Mail addresses as people type them: one at a time, checked without asking anybody. Pure.

What passes can stand in an SMTP command and in a header as it is. Whether anybody reads it is not known here: no name
is looked up.
"""

import re

from monitor.errors import ConfigurationInvalid
from monitor.language.worded import worded

_MOST_SHOWN = 80
_LONGEST = 254
"""RFC 5321, 4.5.3.1."""
_NOT_BEFORE_THE_AT = re.compile(r"[^\w.!#$%&'*+/=?^`{|}~-]")
"""RFC 5322, 3.2.3, and letters of any alphabet, RFC 6531."""
_INSIDE_BRACKETS = re.compile(r"<\s*([^<>\s]+)\s*>")


def checked_address(text: str) -> str:
    """*text* as one mail address in its usual form: its domain in small letters, and in ASCII where that is enough.

    Raise ConfigurationInvalid, naming the nearest valid form where it is plain what was meant.
    """
    from email_validator import EmailNotValidError, validate_email  # only who subscribes a mailbox needs it

    typed = text.strip(" ")
    try:
        checked = validate_email(typed, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        if "://" in typed:  # it may be a webhook, which is a secret
            raise ConfigurationInvalid(
                worded(
                    "this is a web address, not a mail address: "
                    "`monitor subscribe chat` or `subscribe webhook` takes it"
                )
            ) from None
        words = worded("“{typed}” is not a mail address: {reason}", typed=_shown(typed), reason=_reason(typed))
        raise ConfigurationInvalid(words) from None
    return checked.ascii_email or checked.normalized


def with_ascii_domain(address: str) -> str:
    """*address* with its domain as the name service and SMTP write it. Raise ConfigurationInvalid where it has none."""
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    import idna  # few addresses need it

    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        raise ConfigurationInvalid(f"the domain of “{_shown(address)}” cannot be a name on the internet") from None


def _reason(typed: str) -> str:
    """Why it is none, in words of ours: those of the library are in English alone."""
    if not typed.isprintable():
        return worded("it holds characters that do not print")
    if meant := _meant(typed):
        return worded("did you mean {meant}?", meant=meant)
    if re.search(r"@.*[,;\s].*@", typed):
        return worded("one address is expected; subscribe each on its own")
    if "@" not in typed:
        return worded("it has no @")
    return _wrong_part(typed)


def _wrong_part(typed: str) -> str:
    local, _, domain = typed.rpartition("@")
    if not local:
        return worded("nothing stands before its @")
    if not domain:
        return worded("nothing stands after its @")
    if len(typed) > _LONGEST:
        return worded("it is too long")
    if not _is_valid(f"x@{domain}"):
        return worded("what stands after its @ is not a whole domain, such as example.org")
    if signs := "".join(dict.fromkeys(_NOT_BEFORE_THE_AT.findall(local))):
        return worded("{signs} cannot stand before its @", signs=signs[:_MOST_SHOWN])
    return worded("what stands before its @ cannot be the name of a mailbox")


def _is_valid(address: str) -> bool:
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def _meant(typed: str) -> str | None:
    """The address within a display form, a mailto, or a common slip; None where that is not plain."""
    inside = _INSIDE_BRACKETS.findall(typed)
    if len(inside) > 1:
        return None
    guess = inside[0] if inside else typed.removeprefix("mailto:").partition("?")[0]
    guess = re.sub(r"\s*@\s*", "@", guess).replace(",", ".") if guess.count("@") == 1 else guess
    guess = re.sub(r"\.{2,}", ".", guess).strip(".,;<>\"' ")
    if guess == typed:
        return None
    try:
        return checked_address(guess)
    except ConfigurationInvalid:
        return None


def _shown(text: str) -> str:
    return "".join(sign if sign.isprintable() else "·" for sign in text)[:_MOST_SHOWN]

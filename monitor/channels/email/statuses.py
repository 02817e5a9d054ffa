"""What a status code and a diagnostic mean for a mailbox. Pure.

| status (RFC 3463)                        | action  | meaning                                                   |
|------------------------------------------|---------|-----------------------------------------------------------|
| 5.1.1, 5.1.2, 5.1.3, 5.1.6, 5.1.10       | failed  | hard: no such mailbox, domain or address; moved; no mail  |
| 5.2.1                                    | failed  | hard: the mailbox was closed                              |
| 5.4.4                                    | failed  | hard: the domain has no host                              |
| 4.2.2, 5.2.2                             | failed  | full                                                      |
| 5.7.x: a policy, or what looks like spam | failed  | soft: it is about us or the mail, not about the mailbox   |
| other 5.x.x, and 4.x.x                   | failed  | soft, unless the code says little and the words are plain |
| any                                      | delayed | delayed                                                   |

The rule: a mailbox is only said to be closed where that is certain, because its subscriptions end.
"""

import re

from monitor.model.report import ReportKind

NO_SUCH_ADDRESS = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10"})
CLOSED = frozenset({"2.1", "4.4"})
"""Unless the words say that it is so for a while."""
FULL = "2.2"
NOT_OF_THE_MAILBOX = frozenset({"1.7", "1.8", "2.3", "3.4"})
"""The sender's address, and the size of the mail."""
_POLICY = "7."

_CODE = re.compile(r"(?<![\w.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)", re.ASCII)
_SAID = re.compile(r"(?ai)(?:(?<![\w.])[245]\d\d[ -]+|#|\bstatus[ :=]+)([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_REPLY = re.compile(r"(?<![\w.:])([45])\d\d(?=[ -]|$)", re.ASCII)

_WORDS_FOR_CLOSED = re.compile(
    r"user unknown|unknown user|no such (?:user|mailbox|recipient|address)|unknown (?:recipient|local.?part|address)"
    r"|(?:user|mailbox|recipient|address|account)(?: \S{1,80})? (?:not found|unknown|does ?n[o']t exist|is disabled)"
    r"|(?:account|mailbox) (?:has been|is|was) (?:disabled|closed|deleted|inactive|deactivated)|no mailbox here"
    r"|not a (?:known|valid) (?:user|mailbox|recipient)|invalid (?:recipient|mailbox)|recipnotfound|unrouteable address"
    r"|this user does ?n[o']t have an? \S{1,40} account|action not taken: mailbox unavailable"
    r"|recipient address rejected: access denied|mx records point to non-existent hosts"
    r"|(?:benutzer|empfänger|postfach)(?: \S{1,80})? (?:unbekannt|existiert nicht)|(?:utilisateur|destinataire) inconnu"
    r"|boîte (?:aux lettres )?inconnue|n['’]existe pas|(?:usuario|destinatario) desconocido|no existe"
    r"|(?:utente|destinatario) sconosciuto|non esiste|(?:usuário|destinatário) desconhecido|não existe"
    r"|gebruiker onbekend|bestaat niet|宛先不明|ユーザーが存在しません|该用户不存在|收件人不存在",
    re.IGNORECASE,
)
_WORDS_FOR_FULL = re.compile(
    r"(?:mailbox|inbox|mail ?box) (?:is |was )?(?:currently )?full|(?:over|exceed\w*)(?: (?:the|its|his|their|your))?"
    r"(?: (?:storage|mailbox|disk|mail))? ?quota|quota (?:is )?(?:exceeded|full)|(?:inbox|mailbox) is out of storage"
    r"|mailbox size limit exceeded|exceeded storage allocation"
    r"|postfach (?:ist )?voll|speicherplatz (?:ist )?(?:überschritten|erschöpft)"
    r"|boîte (?:aux lettres )?(?:est )?pleine|buzón (?:está )?lleno|casella (?:è )?piena|caixa (?:está )?cheia"
    r"|mailbox is vol|容量が超過|邮箱已满",
    re.IGNORECASE,
)
_WORDS_FOR_A_WHILE = re.compile(r"(?i)at a rate|too (?:many|quickly|much)|temporar|try again")
_FOR_GOOD = re.compile(
    r"permanent(?:ly)? (?:fatal )?(?:errors?|failures?)|permanently|giving up|given up|could ?n[o']t be delivered"
    r"|unable to deliver|undeliverable|unzustellbar|non (?:remis|distribué)|no (?:se )?pudo (?:ser )?entreg",
    re.IGNORECASE,
)


def status_in(text: str) -> str | None:
    """The first enhanced status code of a field that holds one."""
    found = _CODE.search(text)
    return found[1] if found else None


def status_said(words: str) -> str | None:
    """The enhanced status code of words, where it stands behind a reply code or is said to be one; or 5.0.0 or 4.0.0.

    A number alone may be a version or a part of an address.
    """
    if found := _SAID.search(words):
        return found[1]
    reply = _REPLY.search(words)
    return f"{reply[1]}.0.0" if reply else None


def is_for_good(words: str) -> bool:
    """Whether words without any code say that nothing more is tried."""
    return _FOR_GOOD.search(words) is not None


def told_best(status: str | None, diagnostic: str) -> str | None:
    """The status, or that of the diagnostic where the status says next to nothing."""
    said = status_said(diagnostic)
    if status is None:
        return said
    return said if _is_vague(status) and said and said[0] == status[0] and not said.endswith(".0") else status


def meaning(action: str, status: str | None, diagnostic: str) -> ReportKind:
    """What a report of this *action* (failed, delayed, relayed …; empty where it has none) says of a mailbox."""
    level = status[0] if status else ""
    if action in ("relayed", "delivered", "expanded") or level == "2":
        return ReportKind.OTHER
    if action == "delayed" or (action != "failed" and level != "5"):
        return ReportKind.DELAYED if action == "delayed" or level == "4" else ReportKind.OTHER
    detail = status.partition(".")[2] if status else ""
    if detail == FULL or (_is_of_the_mailbox(detail) and _WORDS_FOR_FULL.search(diagnostic)):
        return ReportKind.FULL
    if level == "4":
        return ReportKind.SOFT
    if detail in NO_SUCH_ADDRESS:
        return ReportKind.HARD
    is_closed = detail in CLOSED or (_is_of_the_mailbox(detail) and _WORDS_FOR_CLOSED.search(diagnostic))
    return ReportKind.HARD if is_closed and not _WORDS_FOR_A_WHILE.search(diagnostic) else ReportKind.SOFT


def _is_vague(status: str) -> bool:
    return status.endswith(".0")


def _is_of_the_mailbox(detail: str) -> bool:
    """Whether words count beside a code: not where it is about something else than the mailbox."""
    return detail not in NOT_OF_THE_MAILBOX and not detail.startswith(_POLICY)

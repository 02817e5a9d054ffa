"""Users and tokens come back with a backup; who was signed in when it was made is not any more."""

from contextlib import closing
from pathlib import Path

from monitor.access import sessions, tokens, users
from monitor.access.context import AccessContext
from monitor.access.hashing import Hashing
from monitor.model.access import Permission
from monitor.operate.backup import Consent, back_up, restore
from monitor.storage.store import Store
from monitor.vault import Vault
from tests.access.people import NOW, added, signed_in


def quiet(_done: int, _total: int) -> None:
    pass


def test_a_restore_signs_everybody_out_and_keeps_who_may_sign_in(tmp_path: Path) -> None:
    url, vault = f"sqlite:///{tmp_path}/monitor.sqlite3", Vault.open(key=None, file=tmp_path / "secret.key")
    with closing(Store.open(url)) as store:
        access = AccessContext(store, vault, hashing=Hashing(64), token_hashing=Hashing(64, waits=3))
        ada = added(access)
        begun = signed_in(access)
        made = tokens.add("nightly", Permission.READ, access, now=NOW)
        backup = back_up(url, tmp_path / "backup.sqlite3", now=NOW, report_progress=quiet)
        sessions.end(begun.session, access)
        tokens.remove("nightly", access)
        users.remove(ada, access)
    restore(backup.file, url, vault=vault, consent=Consent(replaced=True), now=NOW, report_progress=quiet)

    with closing(Store.open(url)) as store:
        access = AccessContext(store, vault, hashing=Hashing(64), token_hashing=Hashing(64, waits=3))
        assert sessions.of_token(begun.token, access, now=NOW) is None
        assert signed_in(access).token
        assert tokens.of_text(made.text, access, network="", now=NOW)

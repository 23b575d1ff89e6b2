"""From a path to a journal that can be trusted: created whole, checked, at the newest schema."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, select, text, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

from kiosk.durable import OWN, draft_beside, flush_folder, replaced
from kiosk.journal.chain import keys_of
from kiosk.journal.errors import JournalUnusable
from kiosk.journal.keys import NO_KEYS, Keyring
from kiosk.journal.marks import KEYED, add_mark, key_in_force
from kiosk.journal.tables import REVISIONS, reference_days
from kiosk.journal.witness import GIVE_UP, RESTORE, Witness

_MIGRATIONS = Path(__file__).resolve().parent / "migrations"
_BUSY_MILLISECONDS = 5000
_ASIDE = ".damaged-"
_CHECKED_WHOLE = 64 * 2**20
"""Bytes."""
_WRITTEN_ALWAYS = ("reference_days", "held_obligations", "pulse", "alembic_version")

# Alembic keeps the running migration in module globals.
_one_migration_at_a_time = threading.Lock()


@contextmanager
def explained(path: str) -> Iterator[None]:
    """Turn the database's own failures into JournalUnusable; constraint errors pass."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise JournalUnusable(f"{path}: {error.orig}") from error
    except (sqlite3.Error, OSError) as error:
        raise JournalUnusable(f"{path}: {error}") from error


def open_engine(path: Path, keys: Keyring = NO_KEYS, witness: Witness | None = None) -> Engine:
    """The engine of the journal at `path`, created if there is none. Raises JournalUnusable.

    A damaged, foreign, empty or newer file is refused and left as it is, never replaced; so is one that is
    not what this terminal wrote, as the witness knows it.
    """
    with explained(str(path)):
        if not path.exists():
            _refuse_after_another(path, witness)
            _create(path)
        _check_file(path)
        engine = _engine(path).execution_options(keys=keys)
        try:
            _check_contents(engine, path)
            _heed_witness(engine, path, witness)
        except BaseException:
            engine.dispose()
            raise
        return engine


def _heed_witness(engine: Engine, path: Path, witness: Witness | None) -> None:
    """Key a journal that has none yet, after the witness has agreed, and let it see how far it is."""
    if witness is not None:
        with engine.connect() as connection:
            if fault := next(witness.faults(connection), None):
                raise JournalUnusable(f"{path}: {fault}: {RESTORE}")
            if witness.was_forged(connection):
                raise JournalUnusable(f"{witness.path}: the journal's witness was written without its key")
    with engine.connect() as connection:
        key = keys_of(connection).current
        if key is not None and key_in_force(connection) is None:
            add_mark(connection, KEYED, {"key": key.key_id}, datetime.now(UTC))
            connection.commit()
        if witness is not None:
            witness.note(connection)


def _engine(path: Path) -> Engine:
    # isolation_level: a transaction takes the write lock at its first change, not at commit.
    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"isolation_level": "IMMEDIATE"}
    )
    event.listen(engine, "connect", _prepare_connection)
    return engine


def _prepare_connection(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # FULL: a commit survives a power cut, also in WAL mode.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _refuse_after_another(path: Path, witness: Witness | None) -> None:
    """Where there was a journal, an empty one would hide what it held."""
    if witness is not None and (why := witness.why_not_empty()):
        raise JournalUnusable(f"{path}: missing, but {why}: {RESTORE}; {GIVE_UP}")
    if path.with_name(path.name + "-wal").exists():
        raise JournalUnusable(f"{path}: missing, but its write-ahead log is there")
    if asides := sorted(path.parent.glob(f"{path.name}{_ASIDE}*")):
        raise JournalUnusable(
            f"{path}: missing; {asides[-1].name} was set aside (kiosk journal new starts anew)"
        )


def _create(path: Path) -> None:
    """Built beside its place and linked there when whole: no half-made journal is ever seen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = draft_beside(path)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWN))
    engine = _engine(draft)
    try:
        _upgrade(engine)
        engine.dispose()
        with suppress(FileExistsError):  # another process was faster: its journal counts
            os.link(draft, path)
        flush_folder(path.parent)
    finally:
        engine.dispose()
        draft.unlink()


def copy_whole(engine: Engine, path: Path) -> None:
    """SQLite's own online copy, proved before it takes its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced(path) as draft:
        target = sqlite3.connect(draft)
        try:
            with engine.connect() as connection:
                source = connection.connection.driver_connection
                assert isinstance(source, sqlite3.Connection)
                source.backup(target, pages=2000)
            target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            damage = target.execute("PRAGMA integrity_check(1)").fetchone()[0]
        finally:
            target.close()
        if damage != "ok":
            raise JournalUnusable(f"{path}: the copy is damaged: {damage}")


def set_aside(path: Path, *, now: datetime) -> Path:
    """Rename a journal that can not be used, with its log; where it is now. Raises JournalUnusable.

    Until `create` is called on purpose no journal is made in its place: what it held must be known first.
    """
    with explained(str(path)):
        aside = path.with_name(f"{path.name}{_ASIDE}{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
        path.rename(aside)
        for suffix in ("-wal", "-shm"):
            beside = path.with_name(path.name + suffix)
            if beside.exists():
                beside.rename(aside.with_name(aside.name + suffix))
        flush_folder(path.parent)
        return aside


def create(path: Path, witness: Witness | None = None, *, confirm_loss: bool = False) -> None:
    """A new, empty journal, also after another was set aside. Raises JournalUnusable where one is there.

    Where this terminal has written one that is gone, somebody has to confirm that its payments are lost.
    """
    with explained(str(path)):
        if path.exists():
            raise JournalUnusable(f"{path}: there is a journal already")
        if witness is not None and not confirm_loss and (why := witness.why_not_empty()):
            raise JournalUnusable(f"{path}: {why}: {RESTORE}; {GIVE_UP}")
        _create(path)
        if witness is not None:
            witness.path.unlink(missing_ok=True)
            engine = _engine(path)
            try:
                with engine.begin() as connection:
                    witness.note(connection)
            finally:
                engine.dispose()


def copy_as_it_is(path: Path, copy: Path) -> None:
    """A proved copy in the schema it has, which a newer program may have made, while others go on writing.

    An older file at `copy` is replaced; never the journal itself or what lies beside it for the database.
    Raises JournalUnusable.
    """
    own = {Path(f"{path}{suffix}").resolve() for suffix in ("", "-wal", "-shm")}
    if copy.resolve() in own or (copy.exists() and copy.samefile(path)):
        raise JournalUnusable(f"{copy}: that is the journal itself, not a place for its copy")
    with _untouched(path) as (engine, _):
        copy_whole(engine, copy)


def downgrade(path: Path, revision: str, copy: Path) -> None:
    """Back to an older schema, for an older program, after a copy. Raises JournalUnusable.

    ValueError for a schema that is none of ours or not older than the journal's, and where the copy exists.
    Whatever opens the journal next with this program moves it up again.
    """
    if revision not in REVISIONS:
        raise ValueError(f"no schema {revision!r}, only {', '.join(REVISIONS)}")
    if copy.exists():
        raise ValueError(f"{copy} is there already")
    with _untouched(path) as (engine, current):
        if current not in REVISIONS:
            raise JournalUnusable(_too_new(path, current))
        if REVISIONS.index(revision) >= REVISIONS.index(current):
            raise ValueError(f"its schema is {current}, which is not newer than {revision}")
        _migrate(engine, revision, down_after=lambda: copy_whole(engine, copy))


@contextmanager
def _untouched(path: Path) -> Iterator[tuple[Engine, str]]:
    """An engine on a journal that is there and whole, and its schema; nothing is moved up."""
    with explained(str(path)):
        _check_file(path)
        engine = _engine(path)
        try:
            yield engine, _sound_revision(engine, path)
        finally:
            engine.dispose()


def file_at(path: str) -> tuple[int, int] | None:
    """Device and number of the file at a path: what it is, whatever it is called."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise JournalUnusable(f"{path}: not a file")
    if path.stat().st_size == 0:
        raise JournalUnusable(f"{path}: empty; its contents were lost")
    if os.name == "posix":
        path.chmod(0o600)


def _check_contents(engine: Engine, path: Path) -> None:
    revision = _sound_revision(engine, path)
    if revision not in REVISIONS:
        raise JournalUnusable(_too_new(path, revision))
    if revision != REVISIONS[-1]:
        _upgrade(engine)
    with engine.connect() as connection:
        # Changes nothing, but fails now and not at the first payment where nothing can be written.
        connection.execute(update(reference_days).where(text("1 = 0")).values(last=0))
        connection.rollback()


def _sound_revision(engine: Engine, path: Path) -> str:
    with engine.connect() as connection:
        _refuse_damage(connection, path)
        revision = _revision(connection)
    if revision is None:
        raise JournalUnusable(f"{path}: not a journal")
    return revision


def _too_new(path: Path, revision: str) -> str:
    return f"{path}: schema {revision} is newer than this program's {REVISIONS[-1]}"


def _refuse_damage(connection: Connection, path: Path) -> None:
    """Every page of a file that is read in a second; of a larger one what each payment writes to.

    The rest of a large one is read by `kiosk journal verify`, and by whatever comes to it.
    """
    whole = path.stat().st_size <= _CHECKED_WHOLE
    there = set(inspect(connection).get_table_names())
    parts = ["1"] if whole else [f'"{name}"' for name in _WRITTEN_ALWAYS if name in there]
    for part in parts:
        damage = connection.execute(text(f"PRAGMA quick_check({part})")).scalar_one()
        if damage != "ok":
            raise JournalUnusable(f"{path}: damaged: {damage}")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(select(text("version_num")).select_from(text("alembic_version"))).scalar()


def _upgrade(engine: Engine) -> None:
    _migrate(engine, "head")


def _migrate(engine: Engine, revision: str, *, down_after: Callable[[], object] | None = None) -> None:
    # Imported only where there is work: Alembic would double the time a start takes.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with _one_migration_at_a_time, engine.begin() as connection:
        # The driver opens no transaction for CREATE TABLE; a power cut must leave all or nothing.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        if down_after is None:
            command.upgrade(config, revision)
        else:
            down_after()  # nobody writes in between
            command.downgrade(config, revision)

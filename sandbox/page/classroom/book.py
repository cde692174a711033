"""The class book: one SQLite file that says who is in which team, what was decided and what was answered."""

import json
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.page.classroom.names import alike

FILE = "classroom.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS room (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS teams (
    number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, alike TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS members (owner TEXT PRIMARY KEY, team INTEGER NOT NULL REFERENCES teams) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS teachers (owner TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS turns (
    team INTEGER NOT NULL REFERENCES teams, quarter INTEGER NOT NULL, decision TEXT NOT NULL, job TEXT NOT NULL,
    figures TEXT, PRIMARY KEY (team, quarter)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers (
    team INTEGER NOT NULL REFERENCES teams, lesson TEXT NOT NULL, task TEXT NOT NULL, given TEXT NOT NULL,
    is_right INTEGER NOT NULL, wrong INTEGER NOT NULL, PRIMARY KEY (team, lesson, task)) WITHOUT ROWID;
"""
#: How the owner of a team's jobs begins.
TEAM_OWNER = "team "
#: Seeds that are easy to write on a blackboard.
_MOST_SEED = 10_000


class RoomFull(Exception):
    """There are as many teams as the teacher allowed."""


class NameTaken(Exception):
    """Another team is called so."""


@dataclass(frozen=True, slots=True)
class Team:
    """One team."""

    number: int
    name: str

    @property
    def owner(self) -> str:
        """Under which name the team's jobs queue: one line a team, however many browsers it has."""
        return f"{TEAM_OWNER}{self.number}"


@dataclass(frozen=True, slots=True)
class Turn:
    """One quarter that a team has decided."""

    quarter: int
    decision: dict[str, Any]
    job: str
    """Id of the job that runs it."""
    figures: dict[str, float | None] | None
    """What was measured; None until the run is complete and somebody looked."""


@dataclass(frozen=True, slots=True)
class Given:
    """A team's last answer to a task."""

    given: str
    right: bool
    wrong: int
    """How often it was wrong so far."""


@dataclass(slots=True)
class Book:
    """The class book of one server; every change is on the disk before it is told."""

    folder: Path
    most_teams: int
    _connection: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        # The server's loop alone uses it, in whichever thread that loop runs.
        self._connection = sqlite3.connect(
            self.folder / FILE, isolation_level=None, check_same_thread=False, timeout=5
        )
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(_TABLES)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    # -- the room ---------------------------------------------------------------------------------

    @property
    def teacher(self) -> str:
        """What the teacher's link ends with; made once."""
        return self._once("teacher", secrets.token_hex(16))

    @property
    def seed(self) -> int:
        """The luck that all teams of this room share."""
        return int(self._once("seed", str(1 + secrets.randbelow(_MOST_SEED))))

    @property
    def frozen(self) -> bool:
        """Whether the teacher has stopped all teams."""
        return self._room("frozen") == "1"

    def freeze(self, frozen: bool) -> None:
        """Stop all teams, or let them go on."""
        self._set("frozen", "1" if frozen else "0")

    # -- people -----------------------------------------------------------------------------------

    def teams(self) -> list[Team]:
        """All teams, in the order of their founding."""
        return [Team(*row) for row in self._all("SELECT number, name FROM teams ORDER BY number")]

    def team_of(self, owner: str) -> Team | None:
        """The team of a visitor."""
        found = self._all(
            "SELECT number, name FROM members JOIN teams ON number = team WHERE owner = ?", owner
        )
        return Team(*found[0]) if found else None

    def found(self, name: str) -> Team:
        """A new team. Raises NameTaken, RoomFull."""
        if len(self.teams()) >= self.most_teams:
            raise RoomFull
        try:
            with closing(
                self._connection.execute(
                    "INSERT INTO teams (name, alike) VALUES (?, ?) RETURNING number", (name, alike(name))
                )
            ) as cursor:
                return Team(int(cursor.fetchall()[0][0]), name)
        except sqlite3.IntegrityError:
            raise NameTaken from None

    def join(self, owner: str, team: Team) -> None:
        """A visitor is of this team from now on."""
        self._do("INSERT OR REPLACE INTO members VALUES (?, ?)", owner, team.number)

    def is_teacher(self, owner: str) -> bool:
        """Whether a visitor came by the teacher's link."""
        return bool(self._all("SELECT 1 FROM teachers WHERE owner = ?", owner))

    def appoint(self, owner: str) -> None:
        """A visitor is the teacher from now on."""
        self._do("INSERT OR IGNORE INTO teachers VALUES (?)", owner)

    # -- the game ---------------------------------------------------------------------------------

    def turns(self, team: Team) -> list[Turn]:
        """A team's quarters so far, in order."""
        rows = self._all(
            "SELECT quarter, decision, job, figures FROM turns WHERE team = ? ORDER BY quarter", team.number
        )
        return [
            Turn(int(quarter), json.loads(decision), str(job), json.loads(figures) if figures else None)
            for quarter, decision, job, figures in rows
        ]

    def decide(self, team: Team, quarter: int, decision: Mapping[str, Any], job: str) -> bool:
        """Keep a quarter's decision; False if a team-mate has decided it meanwhile."""
        cursor = self._connection.execute(
            "INSERT OR IGNORE INTO turns VALUES (?, ?, ?, ?, NULL)",
            (team.number, quarter, json.dumps(decision, sort_keys=True), job),
        )
        return cursor.rowcount == 1

    def take_back(self, team: Team, quarter: int) -> None:
        """Forget a quarter whose run did not come to its end."""
        self._do("DELETE FROM turns WHERE team = ? AND quarter = ?", team.number, quarter)

    def measured(self, team: Team, quarter: int, figures: Mapping[str, float | None]) -> None:
        """Keep what was measured of a quarter."""
        text = json.dumps(figures, sort_keys=True, allow_nan=False)
        self._do("UPDATE turns SET figures = ? WHERE team = ? AND quarter = ?", text, team.number, quarter)

    # -- lessons ----------------------------------------------------------------------------------

    def answers(self, team: Team, lesson: str) -> dict[str, Given]:
        """A team's last answer to each task of a lesson."""
        rows = self._all(
            "SELECT task, given, is_right, wrong FROM answers WHERE team = ? AND lesson = ?",
            team.number,
            lesson,
        )
        return {task: Given(given, bool(right), int(wrong)) for task, given, right, wrong in rows}

    def answered(self, team: Team, lesson: str, task: str, given: str, right: bool) -> None:
        """Keep an answer, and count it if it is wrong."""
        self._do(
            """INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
               given = excluded.given, is_right = excluded.is_right, wrong = wrong + excluded.wrong""",
            team.number,
            lesson,
            task,
            given,
            int(right),
            int(not right),
        )

    def keep_job(self, lesson: str, name: str, job: str) -> None:
        """Which job runs a lesson's world: one for the whole room."""
        self._set(f"lesson {lesson} {name}", job)

    def job_of(self, lesson: str, name: str) -> str:
        """The job that runs a lesson's world; "" for none yet."""
        return self._room(f"lesson {lesson} {name}")

    def right_answers(self) -> dict[tuple[int, str], int]:
        """Right answers by team and lesson."""
        rows = self._all("SELECT team, lesson, sum(is_right) FROM answers GROUP BY team, lesson")
        return {(int(team), str(lesson)): int(right) for team, lesson, right in rows}

    # -- the file ---------------------------------------------------------------------------------

    def _all(self, query: str, *values: Any) -> Sequence[Any]:
        with closing(self._connection.execute(query, values)) as cursor:
            return cursor.fetchall()

    def _do(self, statement: str, *values: Any) -> None:
        self._connection.execute(statement, values).close()

    def _room(self, key: str) -> str:
        found = self._all("SELECT value FROM room WHERE key = ?", key)
        return str(found[0][0]) if found else ""

    def _set(self, key: str, value: str) -> None:
        self._do("INSERT OR REPLACE INTO room VALUES (?, ?)", key, value)

    def _once(self, key: str, value: str) -> str:
        """What stands under a key, or this value from now on."""
        self._do("INSERT OR IGNORE INTO room VALUES (?, ?)", key, value)
        return self._room(key)

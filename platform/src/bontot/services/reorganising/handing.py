"""Who and what an act takes from one organisation to another: members, posts, work, pledges; and what holds no longer.

What is over stays with whom it is of; what is open goes on with the heir, as a record of its own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from bontot.db.models import (
    Directive,
    MeetingPreference,
    Membership,
    MemberState,
    PilotSelection,
    PledgeLine,
    PolicyAssignment,
    Post,
    Registration,
    Regulation,
    RoleGrant,
    Task,
    TaskAssignment,
)
from bontot.errors import InvalidInput
from bontot.services.reorganising.pen import OPEN, Pen

_PEOPLE = text("""
SELECT t.id, t.member_id, t.organisation_id, t.kind, t.valid_from, t.valid_to, p.full_name,
       p.ended_on IS NOT NULL AND p.ended_on <= :day
FROM membership AS t JOIN member AS p ON p.id = t.member_id
WHERE (t.organisation_id = ANY(:ended) OR (t.member_id = ANY(:moved) AND t.kind = 'home' AND t.valid_from < :day))
  AND (t.valid_to IS NULL OR t.valid_to > :day)
ORDER BY p.sort_key, t.id FOR UPDATE OF t
""")
_STILL_THERE = text("""
SELECT member_id, organisation_id, kind FROM membership
WHERE member_id = ANY(:members) AND (valid_to IS NULL OR valid_to > :day)
""")
_BEGUN_LATE = text("""
SELECT p.full_name, t.valid_from FROM post AS t JOIN member AS p ON p.id = t.member_id
WHERE t.organisation_id = ANY(:ended) AND t.valid_from >= :day ORDER BY t.valid_from, p.sort_key LIMIT 1
""")
_WORK = text("""
SELECT t.id, t.organisation_id, array_remove(array_agg(a.member_id ORDER BY a.member_id), NULL)
FROM task AS t LEFT JOIN task_assignment AS a ON a.task_id = t.id
WHERE t.organisation_id = ANY(:sources) AND t.handed_on IS NULL AND (t.done_on IS NULL OR t.done_on >= :day)
GROUP BY t.tenant_id, t.id ORDER BY t.id
""")
_PLEDGES = text("""
SELECT id, organisation_id, year, signed_on, signed_by_id, signed_account_id, confirmed_on, confirmed_by FROM registration
WHERE year >= :year AND organisation_id = ANY(:ids)
""")
_PAIRS = "unnest(CAST(:of AS bigint[]), CAST(:to AS bigint[])) AS pair (id, to_id)"


class Handing(Pen):
    """Writes what goes from the ended, and with those who move, to others."""

    def all(self) -> None:
        """Members first: where they go decides where their work goes."""
        self._people()
        self._posts()
        self._what_lapses()
        self._tasks()
        self._directives()
        self._pledges()

    def _people(self) -> None:
        """Memberships end and begin; a guest who is now at home there is no longer away."""
        told = {member: self.done.id(one.to) for one in self.reform.moved for member in one.members}
        binds = {"ended": self.ended, "moved": sorted(told), "day": self.day}
        rows = self.session.execute(_PEOPLE, binds).all()
        for row in rows:
            if row.valid_from >= self.day:
                raise InvalidInput(
                    f"Đồng chí {row.full_name} vào chi bộ này từ ngày {row.valid_from:%d/%m/%Y}, sau ngày của việc. "
                    "Hãy chọn ngày muộn hơn, hoặc bỏ việc ấy ở hồ sơ đồng chí ấy, ghi việc này rồi ghi lại.",
                    "day",
                )
        self.ledger.change(
            Membership,
            {"valid_to": ":day"},
            "WHERE t.id = ANY(:ids)",
            {"ids": [row.id for row in rows], "day": self.day},
        )
        homes = [row for row in rows if row.kind == "home"]
        if told.keys() - {row.member_id for row in homes}:
            raise InvalidInput("Có đồng chí không thuộc chi bộ này trước ngày của việc.", "members")
        going = [row for row in homes if not row[7]]
        for row in going:
            to = told.get(row.member_id) or self.done.heir(row.organisation_id)
            if to is None:
                name = self.done.units[row.organisation_id].name
                raise InvalidInput(
                    f"{name} còn đảng viên, trong đó có đồng chí {row.full_name}; hãy chọn nơi tiếp nhận.",
                    "heir",
                )
            self.done.moves[row.member_id] = (row.organisation_id, to)
        self._at_home_now()
        self._enter([(row, self.done.moves[row.member_id][1]) for row in going])
        self._guests([row for row in rows if row.kind != "home" and not row[7]])

    def _at_home_now(self) -> None:
        """Whoever was a guest in the cell that becomes home is one no longer."""
        members = sorted(self.done.moves)
        binds = {
            "members": members,
            "places": [self.done.moves[member][1] for member in members],
            "day": self.day,
        }
        guest = (
            "t.kind = 'temporary' AND (t.member_id, t.organisation_id) IN (SELECT member, place"
            " FROM unnest(CAST(:members AS bigint[]), CAST(:places AS bigint[])) AS home (member, place))"
        )
        self._back(
            [
                row.member_id
                for row in self.session.execute(
                    text(f"SELECT t.member_id FROM membership AS t WHERE {guest} AND {OPEN}"), binds
                )
            ]
        )
        self.ledger.change(
            Membership, {"valid_to": ":day"}, f"WHERE {guest} AND t.valid_from < :day AND {OPEN}", binds
        )
        self.ledger.remove(Membership, f"{guest} AND t.valid_from >= :day", binds)

    def _back(self, members: Sequence[int]) -> None:
        """Members who are no longer away."""
        self.ledger.change(
            MemberState,
            {"valid_to": ":day"},
            f"WHERE t.member_id = ANY(:members) AND t.kind = 'temporarily_out' AND t.valid_from < :day AND {OPEN}",
            {"members": members, "day": self.day},
        )

    def _guests(self, guests: Sequence[Any]) -> None:
        members = [row.member_id for row in guests]
        there = list(self.session.execute(_STILL_THERE, {"members": members, "day": self.day}))
        at_home = {(row.member_id, row.organisation_id) for row in there if row.kind == "home"}
        taken = {(row.member_id, row.organisation_id) for row in there}
        entering, back = [], []
        for row in guests:
            to = self.done.heir(row.organisation_id)
            if to is None or (row.member_id, to) in at_home:
                back.append(row.member_id)
            elif (row.member_id, to) not in taken:
                taken.add((row.member_id, to))
                entering.append((row, to))
        self._enter(entering)
        self._back(back)

    def _enter(self, rows: Sequence[tuple[Any, int]]) -> None:
        """Memberships that go on elsewhere, until the day they had to end anyway."""
        self.ledger.add(
            Membership,
            ("member_id", "organisation_id", "kind", "valid_from", "valid_to", "document"),
            "SELECT fresh.member, fresh.place, fresh.kind, :day, fresh.until, :document"
            " FROM unnest(CAST(:members AS bigint[]), CAST(:places AS bigint[]), CAST(:kinds AS text[]),"
            " CAST(:untils AS date[])) AS fresh (member, place, kind, until)",
            {
                "members": [row.member_id for row, _ in rows],
                "places": [to for _, to in rows],
                "kinds": [row.kind for row, _ in rows],
                "untils": [row.valid_to for row, _ in rows],
                **self.dated,
            },
        )

    def _posts(self) -> None:
        """Posts of the ended, and those that who moved held in the cell left."""
        late = self.session.execute(_BEGUN_LATE, {"ended": self.ended, "day": self.day}).first()
        if late is not None:
            raise InvalidInput(
                f"Đồng chí {late.full_name} nhận chức vụ ở đó từ ngày {late.valid_from:%d/%m/%Y}, sau ngày của việc. "
                "Hãy chọn ngày muộn hơn, hoặc bỏ việc ấy ở hồ sơ đồng chí ấy.",
                "day",
            )
        left = sorted(self.done.moves)
        rows = self.ledger.change(
            Post,
            {"valid_to": ":day"},
            "WHERE t.valid_from < :day AND (t.organisation_id = ANY(:ended) OR (t.member_id, t.organisation_id) IN ("
            " SELECT member, place"
            " FROM unnest(CAST(:members AS bigint[]), CAST(:places AS bigint[])) AS gone (member, place)))"
            f" AND {OPEN}",
            {
                "ended": self.ended,
                "members": left,
                "places": [self.done.moves[member][0] for member in left],
                "day": self.day,
            },
        )
        self.done.posts.extend(key[0] for key, _, _ in rows)

    def _what_lapses(self) -> None:
        """Grants, working regulations, preferred days, plans and selections of the ended hold no longer."""
        rows = self.end(RoleGrant)
        self.done.grants.extend(key[0] for key, _, _ in rows)
        for model in (Regulation, MeetingPreference, PolicyAssignment):
            self.end(model)
        self.ledger.change(
            PilotSelection,
            {"ended_on": ":day"},
            "WHERE t.organisation_id = ANY(:ended) AND t.ended_on IS NULL",
            {"ended": self.ended, "day": self.day},
        )

    def _tasks(self) -> None:
        """What is undone goes to where most of those who carry it go."""
        sources = sorted({*self.ended, *(source for source, _ in self.done.moves.values())})
        going: dict[int, int | None] = {}
        for id_, source, carriers in self.session.execute(_WORK, {"sources": sources, "day": self.day}):
            wanted = self._carried_to(source, carriers)
            if wanted != source:
                going[id_] = wanted
        self.ledger.change(
            Task, {"handed_on": ":day"}, "WHERE t.id = ANY(:ids)", {"ids": list(going), "day": self.day}
        )
        kept = {id_: to for id_, to in going.items() if to is not None}
        rows = self.ledger.add(
            Task,
            (
                "organisation_id",
                "origin",
                "title",
                "due_on",
                "done_on",
                "hard",
                "result",
                "report_to",
                "received_on",
                "continues_id",
            ),
            "SELECT pair.to_id, old.origin, old.title, old.due_on, old.done_on, old.hard, old.result,"
            " old.report_to, :day, old.id"
            f" FROM {_PAIRS} JOIN task AS old ON old.id = pair.id ORDER BY old.id",
            {"of": list(kept), "to": list(kept.values()), "day": self.day},
        )
        self.ledger.add(
            TaskAssignment,
            ("task_id", "member_id", "reported_on", "report"),
            "SELECT copy.id, a.member_id, a.reported_on, a.report FROM task AS copy"
            " JOIN task_assignment AS a ON a.task_id = copy.continues_id"
            " JOIN member AS p ON p.id = a.member_id AND (p.ended_on IS NULL OR :day < p.ended_on)"
            " WHERE copy.id = ANY(:ids)",
            {"ids": [key[0] for key, _, _ in rows], "day": self.day},
        )

    def _carried_to(self, source: int, carriers: Sequence[int]) -> int | None:
        """Where a task goes: with the ended to the heir most carriers go to, the foremost among equals; from one that goes
        on only when all who carry it leave for the same cell."""
        to = [self.done.moves[member][1] for member in carriers if member in self.done.moves]
        heirs = self.done.heirs.get(source)
        if heirs is None:
            return to[0] if to and len(to) == len(carriers) and len(set(to)) == 1 else source
        counted = Counter(to)
        return max(heirs, key=lambda heir: counted[heir], default=None)

    def _directives(self) -> None:
        """Superiors' documents not answered are the heir's to answer."""
        binds: dict[str, Any] = {"day": self.day, "ended": self.ended}
        rows = self.ledger.change(
            Directive,
            {"handed_on": ":day"},
            "WHERE t.organisation_id = ANY(:ended) AND t.handed_on IS NULL"
            " AND (t.answered_on IS NULL OR t.answered_on >= :day)",
            binds,
        )
        pairs = [(source, to) for source in self.ended if (to := self.done.heir(source)) is not None]
        self.ledger.add(
            Directive,
            (
                "organisation_id",
                "number",
                "subject",
                "due_on",
                "answered_on",
                "result",
                "document",
                "submission",
                "received_on",
            ),
            "SELECT pair.to_id, old.number, old.subject, old.due_on, old.answered_on, old.result, old.document,"
            " old.submission, :day"
            f" FROM {_PAIRS} JOIN directive AS old ON old.organisation_id = pair.id AND old.id = ANY(:ids) ORDER BY old.id",
            {
                "ids": [key[0] for key, _, _ in rows],
                "of": [source for source, _ in pairs],
                "to": [to for _, to in pairs],
                "day": self.day,
            },
        )

    def _pledges(self) -> None:
        """A cell's pledges go on, to the word, with an heir that has none and takes over from it alone. Where an heir takes
        over from several, that all had signed goes on for the year that runs; what they promised stays with them, and of
        a year to come the heir is asked for its own. A member's pledge needs nobody to carry it."""
        before: dict[int, list[int]] = {}
        for source, heirs in self.done.heirs.items():
            for heir in heirs:
                before.setdefault(heir, []).append(source)
        year = self.day.year
        binds = {"year": year, "ids": [*self.ended, *before]}
        signed = {(row.organisation_id, row.year): row for row in self.session.execute(_PLEDGES, binds)}
        going = {
            (heir, at): [signed[source, at] for source in sources]
            for at in sorted({at for _, at in signed})
            for heir, sources in before.items()
            if (heir, at) not in signed
            and (at == year or len(sources) == 1)
            and all((source, at) in signed for source in sources)
        }
        rows = self.ledger.add(
            Registration,
            _PLEDGED,
            f"SELECT {', '.join(f'fresh.{name}' for name in _PLEDGED)} FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
            " AS fresh (organisation_id bigint, year smallint, signed_on date, signed_by_id bigint,"
            " signed_account_id bigint, confirmed_on date, confirmed_by text)",
            {"rows": json.dumps([_pledge(*key, one) for key, one in going.items()], default=str)},
        )
        taken = [(going[after[0], after[1]], key[0]) for key, _, after in rows]
        alone = [(sources[0].id, id_) for sources, id_ in taken if len(sources) == 1]
        self.ledger.add(
            PledgeLine,
            ("registration_id", *_PROMISED),
            f"SELECT pair.to_id, {', '.join(f'old.{name}' for name in _PROMISED)}"
            f" FROM {_PAIRS} JOIN pledge_line AS old ON old.registration_id = pair.id ORDER BY old.id",
            {"of": [of for of, _ in alone], "to": [to for _, to in alone]},
        )


_PLEDGED = (
    "organisation_id",
    "year",
    "signed_on",
    "signed_by_id",
    "signed_account_id",
    "confirmed_on",
    "confirmed_by",
)
_PROMISED = ("criterion", "content", "target", "due", "carrier")


def _pledge(heir: int, year: int, signed: Sequence[Any]) -> dict[str, Any]:
    """What goes on of the pledges taken over: of one, all; of several, that they were signed and by whom confirmed."""
    confirmed = all(row.confirmed_on for row in signed)
    same = signed[0] if len(signed) == 1 else None
    return {
        "organisation_id": heir,
        "year": year,
        "signed_on": max(row.signed_on for row in signed),
        "signed_by_id": same.signed_by_id if same else None,
        "signed_account_id": same.signed_account_id if same else None,
        "confirmed_on": max(row.confirmed_on for row in signed) if confirmed else None,
        "confirmed_by": "; ".join(dict.fromkeys(row.confirmed_by for row in signed if row.confirmed_by))
        or None
        if confirmed
        else None,
    }

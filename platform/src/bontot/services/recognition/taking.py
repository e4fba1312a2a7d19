"""Taking a step of the recognition for one subject or many: what is entered, what it comes to, and what it warns of, before
anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import text

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.rolls import OFFICERS, VOTING, counted_on, holds_on, on_roll
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotAllowed, NotFound, Stale, refuse_noted
from bontot.policy.recognition import Ballot, body_of, carried, votes_needed
from bontot.policy.terms import Act, Holder
from bontot.policy.words import figure
from bontot.services.quotas import most_of
from bontot.services.recognition.decisions import Document, missing
from bontot.services.recognition.figures import counted_under
from bontot.services.recognition.lines import STOPPING, Line, lines_named
from bontot.services.recognition.reach import may_take, within
from bontot.services.recognition.sheets import sheets_of
from bontot.services.recognition.titles import StepTerm, Title

NAMED = 6
REMARK = 2_000
"""The longest remark or reason, in characters."""
MOST_AT_ONCE = 300
"""Subjects one form takes a step for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """A step as it is entered, for some subjects by their ids. `votes` are of a ballot; `against` are those of whom an
    appraisal disagrees; `granting` says which way a decision went; `exception` is the reason for going on with who does not
    meet the conditions."""

    step: str
    done_on: date
    subjects: Sequence[int]
    ballot: Ballot | None = None
    votes: Mapping[int, int] = field(default_factory=dict)
    against: frozenset[int] = frozenset()
    document: Document | None = None
    granting: bool = True
    proposal: str = ""
    remark: str = ""
    exception: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a step comes to for one subject: its outcome, the votes, whose it was that day in the plan's words, and whether
    it goes on though the conditions are not met."""

    line: Line
    outcome: str
    votes: int | None
    body: str
    exception: bool

    @property
    def passes(self) -> bool:
        """Whether further steps may follow."""
        return self.outcome not in STOPPING


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What a step comes to for everyone, and what whoever takes it should know."""

    term: StepTerm
    taking: Taking
    outcomes: tuple[Outcome, ...]
    place_id: int | None
    warnings: tuple[str, ...]
    needed: int | None
    """The fewest votes that carry."""


def consider(session: TenantSession, actor: Actor, title: Title, taking: Taking) -> Consequences:
    """What the step comes to; nothing is written. Raises NotFound for a subject out of reach or a step the plan does not
    have, NotAllowed for a step that is not the actor's, Stale where somebody took it meanwhile, InvalidFields for what
    cannot be: "done_on", "ballot" fields, "votes-<id>", "number", "issuer", "signer", "exception", "subjects", "remark"."""
    actor.require(Permission.RECOGNISE)
    term = title.step(taking.step)
    if not taking.subjects:
        raise InvalidInput("Chọn ít nhất một nơi để ghi.", "subjects")
    if len(taking.subjects) > MOST_AT_ONCE:
        raise InvalidInput(f"Mỗi lần ghi nhiều nhất {MOST_AT_ONCE} nơi.", "subjects")
    reach = within(session, actor)
    lines = lines_named(session, title, reach, taking.subjects)
    if {line.id for line in lines} != set(taking.subjects):
        raise NotFound
    for line in lines:
        if not may_take(actor, term.step.holder, line.place_id, line.superior_id, reach):
            raise NotAllowed(f"Bước “{term.step.label}” không do vai trò này ghi.")
        if not line.considered:
            raise Stale(f"{line.name} không còn thuộc diện xét “{title.name}” năm {title.year}.")
        if line.awaits(title) != term:
            raise Stale(f"{line.name}: bước này vừa được ghi, hoặc chưa đến lượt. Xin xem lại danh sách.")
    return _Considering(session, title, term, taking, lines).result()


@dataclass
class _Considering:
    session: TenantSession
    title: Title
    term: StepTerm
    taking: Taking
    lines: list[Line]
    errors: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def result(self) -> Consequences:
        self._day()
        place = self._place() if self.term.does(Act.BALLOT) else None
        if place is not None:
            self._ballot(place)
        if self.term.does(Act.DECISION):
            self._document()
        if self.term.does(Act.OPINION) and self.taking.against and not self.taking.remark:
            self.errors.setdefault("remark", "Ghi lý do không đồng ý.")
        refuse_noted(self.errors)
        outcomes = tuple(self._outcome(line) for line in self.lines)
        self._conditions(outcomes)
        if self.term.does(Act.DECISION) and self.taking.granting:
            self._quota(outcomes)
        refuse_noted(self.errors)
        if self.term.does(Act.SHEET):
            self._sheets()
        ballot = self.taking.ballot
        return Consequences(
            term=self.term,
            taking=self.taking,
            outcomes=outcomes,
            place_id=place,
            warnings=tuple(self.warnings),
            needed=votes_needed(ballot.entitled, self.title.majority) if ballot else None,
        )

    def _day(self) -> None:
        done_on, year, day = self.taking.done_on, self.title.year, today(self.session)
        if done_on > day:
            self.errors["done_on"] = f"Ngày này chưa đến (hôm nay là {day:%d/%m/%Y})."
        elif done_on < date(year, 1, 1):
            self.errors["done_on"] = f"Ngày phải từ 01/01/{year}, khi năm được xét bắt đầu."
        elif self.term.does(Act.REVIEW) and done_on < date(year, 12, 31):
            self.errors["done_on"] = f"Bước này xét lại cả năm nên không sớm hơn ngày 31/12/{year}."
        for line in self.lines:
            if line.last_on and done_on < line.last_on:
                said = (
                    f"{line.name} có bước trước ghi ngày {line.last_on:%d/%m/%Y}; bước này không thể sớm hơn."
                )
                self.errors.setdefault("done_on", said)
        if self.term.due and done_on > self.term.due:
            self.warnings.append(f"Sau hạn {self.term.due:%d/%m/%Y} của kế hoạch.")

    def _place(self) -> int | None:
        """Where it was voted: all in one place."""
        own = self.term.step.holder is Holder.SUBJECT
        places = {line.place_id if own else line.superior_id for line in self.lines}
        if len(places) > 1 or None in places:
            self.errors["subjects"] = "Mỗi lần chỉ ghi kết quả biểu quyết của một nơi."
            return None
        return next(iter(places))

    def _ballot(self, place: int) -> None:
        ballot = self.taking.ballot
        if ballot is None:
            self.errors.setdefault("entitled", "Ghi số liệu biểu quyết.")
            return
        for name, sentence in ballot.problems():
            self.errors.setdefault(name, sentence)
        for line in self.lines:
            votes = self.taking.votes.get(line.id)
            if votes is None or not 0 <= votes <= ballot.most:
                self.errors[f"votes-{line.public_id}"] = f"{line.name}: ghi số phiếu từ 0 đến {ballot.most}."
        least, most = entitled_at(self.session, place, self.taking.done_on, self.term)
        if not least <= ballot.entitled <= most and self.term.step.holder is Holder.SUBJECT:
            self.errors.setdefault("entitled", _entitled_words(least, most, self.taking.done_on))
        elif least and ballot.entitled != least and self.term.step.holder is not Holder.SUBJECT:
            self.warnings.append(f"Hồ sơ ghi {least} cấp ủy viên ngày ấy, biểu quyết ghi {ballot.entitled}.")

    def _document(self) -> None:
        for name, sentence in missing(self.taking.document).items():
            self.errors.setdefault(name, sentence)

    def _outcome(self, line: Line) -> Outcome:
        ballot, votes = self.taking.ballot, self.taking.votes.get(line.id)
        won = ballot is None or carried(votes or 0, ballot.entitled, self.title.majority)
        outcome = self._word(line, won)
        return Outcome(
            line=line,
            outcome=outcome,
            votes=votes if ballot else None,
            body=body_of(self.term.step, line.place_type, self.taking.done_on),
            exception=self.term.puts_forward and outcome not in STOPPING and not line.eligible,
        )

    def _word(self, line: Line, won: bool) -> str:
        if self.term.does(Act.DECISION):
            return "recognised" if won and self.taking.granting else "not_recognised"
        if self.term.does(Act.BALLOT):
            return "carried" if won else "lost"
        if self.term.does(Act.OPINION):
            return "disagreed" if line.id in self.taking.against else "agreed"
        return "done"

    def _conditions(self, outcomes: Sequence[Outcome]) -> None:
        short = [one.line for one in outcomes if one.exception]
        if not short:
            return
        names = named(short)
        if not self.title.exceptions:
            self.errors["subjects"] = f"Chưa đủ điều kiện, quy định không cho đề nghị: {names}."
        elif not self.taking.exception and not all(line.exceptional for line in short):
            self.errors["exception"] = f"Ghi lý do đề nghị khi chưa đủ điều kiện: {names}."
        else:
            self.warnings.append(f"Chưa đủ điều kiện theo đánh giá đến nay, hồ sơ sẽ nhắc lại: {names}.")

    def _sheets(self) -> None:
        sheets = sheets_of(self.session, self.title, self.lines)
        short = [line for line in self.lines if not sheets[line.id].whole]
        if short:
            self.warnings.append(
                f"Chưa có đủ bảng tự chấm điểm, bước này sẽ ghi là còn thiếu đến khi bảng đủ: {named(short)}."
            )

    def _quota(self, outcomes: Sequence[Outcome]) -> None:
        granted = [one.line for one in outcomes if one.outcome == "recognised"]
        for found in over_quota_with(self.session, self.title, granted):
            self.warnings.append(found)
            if not self.title.beyond_quota:
                self.errors["subjects"] = f"{found} Quy định không cho vượt."


def named(lines: Sequence[Line]) -> str:
    """Their names, of many the first few."""
    more = f" và {len(lines) - NAMED} nơi khác" if len(lines) > NAMED else ""
    return ", ".join(line.name for line in lines[:NAMED]) + more


_OFFICERS = text(f"""
SELECT count(DISTINCT member_id) FROM post AS ps
WHERE organisation_id = :place AND kind = ANY(CAST(:kinds AS text[])) AND {holds_on("ps", ":day")}
""")


def entitled_at(session: TenantSession, place: int, day: date, term: StepTerm) -> tuple[int, int]:
    """The fewest and the most who may vote there on a day. In a cell: its official members, with those exempt where they
    came; in a body above: its committee as far as posts are on record."""
    if term.step.holder is not Holder.SUBJECT:
        officers = session.execute(
            _OFFICERS, {"place": place, "day": day, "kinds": list(OFFICERS)}
        ).scalar_one()
        return officers, officers
    voting = len(counted_on(session, [place], day)[VOTING, place])
    exempt = sum(one.exempt and one.official for one in on_roll(session, day, [place]))
    return voting, voting + exempt


def _entitled_words(least: int, most: int, day: date) -> str:
    if least == most:
        return f"Ngày {day:%d/%m/%Y} chi bộ có {least} đảng viên chính thức được biểu quyết."
    return (
        f"Ngày {day:%d/%m/%Y} chi bộ có {least} đảng viên chính thức được biểu quyết,"
        f" nhiều nhất {most} nếu người được miễn sinh hoạt có dự."
    )


def over_quota_with(session: TenantSession, title: Title, granted: Sequence[Line]) -> Iterator[str]:
    """What to say of every superior under whom more would hold the title than the plan lets it recognise."""
    quota = title.quota
    if quota is None:
        return
    superiors = {line.superior_id: line.superior for line in granted if line.superior_id is not None}
    counted = counted_under(session, title, list(superiors))
    for superior, name in superiors.items():
        judged, held = counted[superior]
        total, most = held + sum(line.superior_id == superior for line in granted), most_of(quota, judged)
        if total > most:
            yield (
                f"{name}: công nhận {figure(total)} trong {figure(judged)} nơi được xét,"
                f" kế hoạch cho nhiều nhất {figure(most)}."
            )

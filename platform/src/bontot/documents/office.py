"""The body a paper comes from as its head and foot name it: the two names on the left, the sign of its numbers, who signs
(dossier documents §2, §4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bontot.db.models.organisation import CELL_TYPES
from bontot.db.tenancy import TenantSession
from bontot.documents.paper import Header, Signer
from bontot.documents.phrases import UNNUMBERED, UNPLACED, header, place_of
from bontot.errors import NotFound
from bontot.services import organisations
from bontot.services.organisations import Body, Officer, OnDay

POSTS = (("secretary", "BÍ THƯ"), ("deputy_secretary", "PHÓ BÍ THƯ"))
_COMMITTEES = (
    ("upper_committee", "Đảng bộ quận", "Quận ủy", "QU"),
    ("upper_committee", "Đảng bộ huyện", "Huyện ủy", "HU"),
    ("upper_committee", "Đảng bộ thị xã", "Thị ủy", "TU"),
    ("provincial_committee", "Đảng bộ thành phố", "Thành ủy", "TU"),
    ("provincial_committee", "Đảng bộ tỉnh", "Tỉnh ủy", "TU"),
)
"""By type and how the name begins: how the committee is called, and the sign of its papers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An organisation on a day, as the author of a paper."""

    id: int
    name: str
    type: str
    superior: str
    superior_type: str
    place: str
    """Where its papers are dated: the nearer of the place recorded of it or above and of the one its name, of a cell its
    superior's, says;
    dots where nothing does."""
    officers: Sequence[Officer]
    day: date

    @property
    def is_cell(self) -> bool:
        """Whether it meets as a cell."""
        return self.type in CELL_TYPES

    @property
    def sign(self) -> str:
        """The sign of its numbers: `CB`, `ĐU`, `QU`."""
        return "CB" if self.is_cell else committee_of(self.name, self.type)[1]

    @property
    def author(self) -> str:
        """Who writes: the cell itself, of other bodies their committee."""
        return self.name if self.is_cell else committee_of(self.name, self.type)[0]

    @property
    def above(self) -> str:
        """Whom one writes to above: the committee of the superior, empty where there is none."""
        return committee_of(self.superior, self.superior_type)[0] if self.superior else ""

    @property
    def authority(self) -> str:
        """In whose name it is signed: `T/M CHI BỘ`, `T/M ĐẢNG ỦY`."""
        return "T/M CHI BỘ" if self.is_cell else f"T/M {_called(self.author)}"

    @property
    def called(self) -> str:
        """The committee that leads it, as it is called in a sentence: `chi ủy`, `đảng ủy`, `quận ủy`."""
        return "chi ủy" if self.is_cell else _called(self.author).lower()

    def header(self, symbol: str = "", day: date | None = None) -> Header:
        """The head; with a type's symbol a number is still to be given, with a day it says where and when."""
        number = UNNUMBERED.format(symbol=symbol, sign=self.sign) if symbol else ""
        return header(self.superior, self.author, number=number, day=day, place=self.place)

    def signer(self, authority: str = "") -> Signer:
        """Who signs in its name: the secretary, or a deputy where it has none."""
        lines = authority or self.authority
        for post, words in POSTS:
            for officer in self.officers:
                if officer.kind == post:
                    return Signer(lines=(lines, words), name=officer.full_name)
        return Signer(lines=(lines, "BÍ THƯ"))

    def recipients(self, *between: str) -> tuple[str, ...]:
        """To whom a paper goes: the body above, those between, and the file."""
        above = [f"{self.above} (để báo cáo),"] if self.above else []
        file = f"Lưu {'Chi bộ' if self.is_cell else _called(self.author).capitalize()}."
        return (*above, *(f"{one}," for one in between), file)


def office_of(session: TenantSession, organisation_id: int, day: date) -> Office:
    """An organisation as it was on a day. Raises NotFound when it did not exist then."""
    found = offices_of(session, [(organisation_id, day)])
    if not found:
        raise NotFound("Tổ chức này chưa có hoặc không còn vào ngày đã chọn.")
    return found[organisation_id, day]


def offices_of(session: TenantSession, asked: Iterable[OnDay]) -> dict[OnDay, Office]:
    """Several organisations, each on a day, in two statements; without an entry for one that did not exist then."""
    found = organisations.bodies(session, asked)
    officers = organisations.officers_of(session, found)
    return {
        (id_, day): Office(
            id=id_,
            name=body.name,
            type=body.type,
            superior=body.superior,
            superior_type=body.superior_type,
            place=_dated_at(body),
            officers=officers[id_, day],
            day=day,
        )
        for (id_, day), body in found.items()
    }


def _dated_at(body: Body) -> str:
    """The place before the day: of what is recorded and what a name says, whichever is nearer; a cell goes by the name of
    its superior, as its own says none."""
    level = int(body.type in CELL_TYPES)
    named = place_of(body.superior if level else body.name)
    nearer = body.levels_up <= level or named == UNPLACED
    return body.paper_place if body.paper_place and nearer else named


def committee_of(name: str, kind: str) -> tuple[str, str]:
    """How the committee of a body is called, and its sign."""
    for of_type, begins, called, sign in _COMMITTEES:
        if kind == of_type and name.startswith(f"{begins} "):
            return called + name.removeprefix(begins), sign
    if name.startswith("Đảng bộ "):
        return f"Đảng ủy {name.removeprefix('Đảng bộ ')}", "ĐU"
    return name, "CB" if kind in CELL_TYPES else "ĐU"


def _called(author: str) -> str:
    """The committee without its place: `ĐẢNG ỦY`, `QUẬN ỦY`."""
    words = author.split()
    return " ".join(words[:2]).upper() if len(words) > 1 and words[1] == "ủy" else "ĐẢNG ỦY"

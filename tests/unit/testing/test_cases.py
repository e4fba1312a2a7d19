"""Worked cases are read strictly, and say where they are wrong."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from bontot.errors import CaseFileError
from bontot.testing.case_records import (
    ALWAYS,
    Case,
    CaseFile,
    Expected,
    Judgment,
    Meeting,
    Member,
    Organisation,
)
from bontot.testing.cases import read_case_file

README = Path(__file__).parents[3] / "plugins" / "README.md"
HEAD = 'policy = "p"\nyear = 2024\nabout = "a"\n[[case]]\nname = "n"\nwhy = "w"\n'
CELL = '[[case.organisation]]\ncode = "A"\nmembers = 2\n'


def read(tmp_path: Path, text: str) -> CaseFile:
    path = tmp_path / "p.toml"
    path.write_text(text, encoding="utf-8")
    return read_case_file(path)


def test_the_example_in_the_description_is_read(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert example
    assert read(tmp_path, example[1]) == CaseFile(
        policy="hanoi_tayho",
        year=2024,
        about="…",
        case=(
            Case(
                name="85 % vừa đúng",
                why="Vì sao có ví dụ này, viết cho người đọc.",
                organisation=(Organisation(code="A", members=10),),
                meeting=(
                    Meeting(organisation="A", on=(date(2024, 1, 3), date(2024, 2, 2)), excused=("A1",)),
                ),
                expect=(
                    Expected(
                        subject="A",
                        criterion="tayho.cell.2.attendance",
                        part=18,
                        whole=20,
                        outcome="met",
                        because="10 người × 2 buổi = 20 lượt phải dự; A1 vắng 2 buổi, còn 18; "
                        "18 × 100 = 1800 ≥ 85 × 20 = 1700",
                    ),
                ),
            ),
        ),
    )


def test_every_record_and_field_is_described() -> None:
    text = README.read_text(encoding="utf-8")
    described = {
        row[1]: set(re.findall(r"`([a-z_]+)`", row[2]))
        for row in re.finditer(r"^\| `(\w+)` \| (.*) \|$", text, re.M)
    }
    records = {name: get_args(hint)[0] for name, hint in get_type_hints(Case).items() if get_args(hint)}
    assert len(records) == 28
    missing = {
        name: {field.name for field in fields(kind)} - described.get(name, set())
        for name, kind in records.items()
        if {field.name for field in fields(kind)} - described.get(name, set())
    }
    assert missing == {}


def test_an_organisation_counts_off_its_members(tmp_path: Path) -> None:
    extra = '[[case.member]]\ncode = "X"\ncell = "A"\nsince = 2024-06-01\nprobationary = true\n'
    case = read(tmp_path, HEAD + CELL + extra).case[0]
    assert case.members() == (
        Member(code="A1", cell="A", since=ALWAYS, admitted=ALWAYS),
        Member(code="A2", cell="A", since=ALWAYS, admitted=ALWAYS),
        Member(code="X", cell="A", since=date(2024, 6, 1), probationary=True),
    )


def test_numbers_stay_exact(tmp_path: Path) -> None:
    points = '[[case.judgment]]\nsubjects = ["A"]\ncriteria = ["c"]\npoints = 27.1\n'
    case = read(tmp_path, HEAD + CELL + points).case[0]
    assert case.judgment == (Judgment(subjects=("A",), criteria=("c",), points=Decimal("27.1")),)


def test_who_came_without_being_required_is_named_and_known(tmp_path: Path) -> None:
    meeting = '[[case.meeting]]\norganisation = "A"\non = [2024-01-03]\nalso_present = ["{}"]\n'
    case = read(tmp_path, HEAD + CELL + meeting.format("A2")).case[0]
    assert case.meeting == (Meeting(organisation="A", on=(date(2024, 1, 3),), also_present=("A2",)),)
    with pytest.raises(CaseFileError, match="meeting 1: không ai mang mã “A3”"):
        read(tmp_path, HEAD + CELL + meeting.format("A3"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEAD + CELL + "colour = 1\n", "p.toml, case 1, organisation 1: không có trường “colour”."),
        (
            HEAD + '[[case.organisation]]\nname = "A"\n',
            "p.toml, case 1, organisation 1: thiếu trường “code”.",
        ),
        (HEAD + CELL + "members = 3\n", "p.toml: Cannot overwrite a value (at line 10, column 12)"),
        (
            HEAD + '[[case.organisation]]\ncode = "A"\nmembers = "2"\n',
            "p.toml, case 1, organisation 1, members: cần int, nhận được '2'.",
        ),
        (
            HEAD + CELL + '[[case.meeting]]\norganisation = "A"\non = 2024-01-03\n',
            "p.toml, case 1, meeting 1, on: cần một danh sách.",
        ),
        (
            HEAD + CELL + '[[case.meeting]]\norganisation = "A"\non = [2024-01-03]\nexcused = ["A3"]\n',
            "p.toml, ví dụ 1 “n”, meeting 1: không ai mang mã “A3”.",
        ),
        (
            HEAD + CELL + '[[case.transfer]]\nmember = "A1"\nto = "B"\non = 2024-05-01\n',
            "p.toml, ví dụ 1 “n”, transfer 1: không ai mang mã “B”.",
        ),
        (
            HEAD + CELL + '[[case.discipline]]\nmember = "B"\non = 2024-05-01\n',
            "p.toml, ví dụ 1 “n”, discipline 1: không ai mang mã “B”.",
        ),
        (HEAD + CELL + CELL, "p.toml, ví dụ 1 “n”: mã “A” dùng hai lần."),
        ('policy = "p"\nyear = 2024\nabout = "a"\ncase = 1\n', "p.toml, case: cần một danh sách."),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(CaseFileError) as refused:
        read(tmp_path, text)
    assert str(refused.value) == sentence

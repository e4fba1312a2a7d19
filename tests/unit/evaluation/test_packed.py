"""What is packed is unpacked as it was, in as few bytes as its largest integer asks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bontot.evaluation.columns import Column
from bontot.evaluation.engine import Findings
from bontot.evaluation.population import Subjects
from bontot.evaluation.rules import Line, SchemeRules
from bontot.evaluation.stored import opened, outcomes, pack, packed_arrays, unpack
from bontot.policy.terms import Kind, Origin, Outcome, Role, Subject

Found = tuple[Outcome, int | None, int]
EDGES = [side * 2**bits + step for bits in (7, 15, 31) for side in (-1, 1) for step in (-1, 0, 1)]
numbers = st.integers(-9, 400) | st.sampled_from(EDGES) | st.integers(-(2**63), 2**63 - 1)
found = st.tuples(st.sampled_from(Outcome), st.none() | numbers, numbers)


def findings_of(rows: list[list[Found]], lines: int) -> Findings:
    """Findings of subjects 1, 2, … with these rows."""
    line = Line(key="", label="", kind=Kind.MEASURED, role=Role.DECIDES, origin=Origin.PLAN)
    rules = SchemeRules(
        key="c",
        policy="p",
        policy_label="",
        subject=Subject.CELL,
        title=None,
        lines=(line,) * lines,
        groups=(),
        blockers=(),
        enrolment="all",
        registration_expected=False,
    )
    size = len(rows)
    columns = [
        Column(
            np.array([row[at][1] or 0 for row in rows], np.int64),
            np.array([row[at][2] for row in rows], np.int64),
            np.array([row[at][1] is not None for row in rows], np.bool_),
        )
        for at in range(lines)
    ]
    came = [np.array([row[at][0] for row in rows], np.int8) for at in range(lines)]
    ids = np.arange(1, size + 1, dtype=np.int64)
    subjects = Subjects(ids, [""] * size, [""] * size, np.ones(size, np.bool_))
    return Findings(rules, subjects, columns, came, np.full(size, Outcome.MET, np.int8))


@settings(deadline=None)
@given(data=st.data(), lines=st.integers(0, 5))
def test_every_row_comes_back_as_it_was(data: st.DataObject, lines: int) -> None:
    rows = data.draw(st.lists(st.lists(found, min_size=lines, max_size=lines), max_size=8))
    back = {}
    for packed in pack(findings_of(rows, lines)):
        for at, subject in enumerate(packed.subjects.tolist()):
            content = packed.content[at * packed.length : (at + 1) * packed.length]
            back[subject] = list(zip(*unpack(content, lines), strict=True))
            assert outcomes(content, None, lines) == [row[0] for row in rows[subject - 1]]
    assert back == dict(enumerate(rows, 1))


@settings(deadline=None)
@given(data=st.data(), lines=st.integers(0, 5))
def test_packed_rows_open_as_the_findings_they_were(data: st.DataObject, lines: int) -> None:
    """Of either form: packed, or the three arrays of a row from before."""
    rows = data.draw(st.lists(st.lists(found, min_size=lines, max_size=lines), max_size=8))
    findings = findings_of(rows, lines)
    content = {subject: (title, body) for packed in pack(findings) for subject, title, body in packed.rows()}
    arrays = {
        at: packed_arrays(*(zip(*row, strict=True) if row else ((), (), ())))
        for at, row in enumerate(rows, 1)
    }
    assert arrays == {subject: body for subject, (_, body) in content.items()}
    back = opened(findings.rules, [(subject, *content[subject]) for subject in sorted(content)])
    assert back.subjects.ids.tolist() == findings.subjects.ids.tolist()
    assert back.title.tolist() == findings.title.tolist()
    for number in range(lines):
        one, other = back.columns[number], findings.columns[number]
        assert back.outcomes[number].tolist() == findings.outcomes[number].tolist()
        assert one.known.tolist() == other.known.tolist()
        assert one.part.tolist() == other.part.tolist()
        assert one.whole.tolist() == other.whole.tolist()


@pytest.mark.parametrize(
    ("largest", "bytes_each"),
    [(127, 1), (-128, 1), (128, 2), (-129, 2), (32_767, 2), (32_768, 4), (2**31, 8)],
)
def test_a_row_is_as_wide_as_its_largest_integer(largest: int, bytes_each: int) -> None:
    rows: list[list[Found]] = [[(Outcome.MET, 3, 4), (Outcome.NOT_MET, largest, 0)]]
    (packed,) = pack(findings_of(rows, 2))
    assert packed.length == 2 + 4 * bytes_each

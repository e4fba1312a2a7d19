"""What people write into a paper that is otherwise made from the records: a report's assessment, who counted the votes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Update, func, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from bontot.access import Permission
from bontot.db.models import PaperText
from bontot.documents.asking import Asked, Part, Together
from bontot.documents.issuing import may_issue
from bontot.documents.paper import Block, Text
from bontot.documents.phrases import UNWRITTEN
from bontot.errors import NotAllowed, Stale, noting, refuse_noted
from bontot.services.audit import note
from bontot.text import LINE, PARAGRAPH, clean


@dataclass(frozen=True, slots=True)
class Written:
    """What was written into a paper, by part; `version` 0 while nothing was."""

    words: Mapping[str, str] = field(default_factory=dict)
    version: int = 0
    by: str = ""

    def of(self, key: str) -> str:
        """What stands in a part, dots where it is still to be written."""
        return self.words.get(key) or UNWRITTEN

    def blocks(self, key: str) -> Iterator[Block]:
        """A part as paragraphs, one a line."""
        yield from (Text(words) for words in self.of(key).split("\n") if words.strip())


def written(asked: Asked, kind: str) -> Written:
    """What was written into the paper asked for."""
    return written_of(asked.together([asked.organisation_id]), kind)[asked.organisation_id]


def written_of(asked: Together, kind: str) -> dict[int, Written]:
    """What was written into such a paper of each organisation, in one statement; with an entry for each."""
    rows = asked.session.execute(
        select(PaperText.organisation_id, PaperText.words, PaperText.version, PaperText.written_by).where(
            PaperText.organisation_id.in_(asked.subjects),
            PaperText.kind == kind,
            PaperText.about == asked.of,
        )
    )
    none = {id_: Written() for id_ in asked.subjects}
    return none | {id_: Written(words, version, by) for id_, words, version, by in rows}


def write(asked: Asked, kind: str, parts: Sequence[Part], words: Mapping[str, str], *, version: int) -> None:
    """Writes the parts of a paper over the `version` that was seen. Raises NotAllowed for another body's, InvalidFields,
    Stale when somebody else wrote meanwhile."""
    asked.actor.require(Permission.ISSUE_PAPER)
    if not may_issue(asked.actor, asked.organisation_id):
        raise NotAllowed
    session, errors, kept = asked.session, dict[str, str](), dict[str, str]()
    for part in parts:
        with noting(errors, part.key):
            kept[part.key] = clean(
                words.get(part.key, ""), longest=LINE if part.line else PARAGRAPH, lines=not part.line
            )
    refuse_noted(errors)
    values = {
        "words": {key: said for key, said in kept.items() if said},
        "version": version + 1,
        "written_by": asked.actor.name,
        "account_id": asked.actor.account_id,
    }
    named = {"organisation_id": asked.organisation_id, "kind": kind, "about": asked.of}
    statement: Insert | Update = insert(PaperText).values(**named, **values).on_conflict_do_nothing()
    if version:
        over = update(PaperText).filter_by(**named, version=version)
        statement = over.values(**values, written_at=func.now())
    if session.execute(statement.returning(PaperText.id)).first() is None:
        raise Stale
    note(
        session,
        "write_paper",
        "organisation",
        asked.organisation_id,
        asked.actor.account_id,
        paper=kind,
        of=asked.of,
    )

"""What every setting of a paper starts from: its parts as plain data, with the measures of its profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from bontot.documents.paper import Block, Grid, Paper, Text, plain
from bontot.documents.profiles import Profile, profile_of

LINE = 70
"""Characters of which the narrowest page holds a line of text."""


def as_set(paper: Paper) -> dict[str, Any]:
    """The paper as JSON knows it, its text ended as the profile of its day ends it."""
    profile = profile_of(paper.day)
    told = asdict(paper)
    return told | {
        "profile": {key: str(value) for key, value in asdict(profile).items()},
        "body": list(plain(ended(paper, profile))),
        "staying": staying(paper.body),
        "annexes": list(plain(paper.annexes)),
        "day": paper.day.isoformat(),
        "name": paper.name,
        "draft": paper.draft,
    }


def staying(body: Sequence[Block]) -> int:
    """How many of the last blocks stay on the page of the signatures: those of the last two lines (dossier documents §6);
    none of a table, which may be longer than a page."""
    *before, last = body or (None,)
    if last is None or isinstance(last, Grid):
        return 0
    short = isinstance(last, Text) and len(f"{last.label} {last.words}") < LINE
    return 2 if short and before and isinstance(before[-1], Text) else 1


def ended(paper: Paper, profile: Profile) -> tuple[Block, ...]:
    """The body, whose last sentence is closed as the profile says where the paper goes out to others."""
    if not paper.recipients or not paper.body:
        return paper.body
    *before, last = paper.body
    if isinstance(last, Text) and last.words.endswith(".") and not last.words.endswith("./."):
        last = replace(last, words=last.words[:-1] + profile.end)
    return (*before, last)

"""What pages ask a paper with."""

from __future__ import annotations

from bontot.documents.asking import Asked
from bontot.web.database import session
from bontot.web.request import Place, actor, reach, registry, this_day


def asked_paper(organisation: Place, of: str) -> Asked:
    """A paper of an organisation, asked for by the reader today."""
    return asked_of(organisation.id, of)


def asked_of(organisation_id: int, of: str) -> Asked:
    """The same of an organisation of our own id."""
    return Asked(
        session=session(),
        registry=registry(),
        actor=actor(),
        reach=reach(),
        today=this_day(),
        organisation_id=organisation_id,
        of=of,
    )

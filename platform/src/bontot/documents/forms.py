"""What a plan says of its forms: their titles, who signs, and their headings (`bontot.plugin.ReportFormat`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bontot.db.tenancy import TenantSession
from bontot.documents.asking import Asked
from bontot.errors import NotFound, PluginUnavailable
from bontot.evaluation.frames import beside_on, read_adoptions
from bontot.evaluation.period import Period
from bontot.evaluation.tree import read_tree
from bontot.policy.model import Policy, ReportFormat
from bontot.registry import Registry

IN_THE_NAME = "T/M"
OF_A_CELL = "T/M CHI BỘ"


class Forms:
    """The forms of some organisations by their plans of today, read at once."""

    def __init__(
        self, session: TenantSession, registry: Registry, today: date, organisations: Iterable[int]
    ) -> None:
        self._registry, self._today = registry, today
        self._tree = read_tree(session, Period(today.year, today), sorted(organisations))
        self._adoptions = read_adoptions(session)

    def of(self, organisation_id: int, key: str) -> ReportFormat | None:
        """The form of a key by the plan of the organisation or a frame beside it, else the one any plan may use; None
        where nothing says how it looks."""
        plans = self.plans(organisation_id)
        stated = (form for policy in plans for form in policy.report_formats if form.key == key)
        return next(stated, self._registry.formats.get(key))

    def plans(self, organisation_id: int) -> list[Policy]:
        """The plan of an organisation with the frames beside it; nothing where none can be read."""
        try:
            code = self._tree.plan(organisation_id, self._today)
            if code is None:
                return []
            own = self._registry.policy(code)
        except (NotFound, PluginUnavailable):
            return []
        return [own, *beside_on(self._registry, self._adoptions, code, self._today)]


def form_of(asked: Asked, key: str) -> ReportFormat | None:
    """The form of a key for the organisation of a paper (`Forms.of`)."""
    return _forms(asked).of(asked.organisation_id, key)


def signers_in(form: ReportFormat | None) -> list[tuple[str, ...]]:
    """Who signs a form, left to right, each as lines: `("T/M CHI BỘ", "BÍ THƯ")` of `T/M CHI BỘ – BÍ THƯ`."""
    return [tuple(words.split(" – ")) for words in form.signers] if form else []


def authority_in(form: ReportFormat | None, *, is_cell: bool) -> str:
    """In whose name a form is signed by a cell, or by a committee: `T/M BAN THƯỜNG VỤ`; empty where the form says it of
    the other only."""
    told = (lines[0] for lines in signers_in(form) if lines[0].startswith(IN_THE_NAME))
    return next((words for words in told if (words == OF_A_CELL) is is_cell), "")


def plans_of(asked: Asked) -> list[Policy]:
    """The plans of the organisation of a paper (`Forms.plans`)."""
    return _forms(asked).plans(asked.organisation_id)


def _forms(asked: Asked) -> Forms:
    return Forms(asked.session, asked.registry, asked.today, [asked.organisation_id])


def subject_in(form: ReportFormat, type_name: str) -> str:
    """What a form's title says after the name of its type: `đề nghị công nhận …` of `Tờ trình đề nghị công nhận …`."""
    begins = form.title.lower().startswith(type_name.lower())
    said = form.title[len(type_name) :].strip() if begins else form.title
    return said[:1].lower() + said[1:]

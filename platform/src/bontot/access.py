"""Who may do what: the role × permission table, and how far a role reaches.

This table *is* the documentation (safety rule 11). A route names one permission and one scope; what is not listed here is
refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import text

from bontot.db.tenancy import TenantSession
from bontot.errors import NotAllowed


class Role(StrEnum):
    """What an account is in one committee; `OPERATOR` is of the platform and has no standing access to any."""

    OPERATOR = "operator"
    TENANT_ADMIN = "tenant_admin"
    COMMITTEE = "committee"
    CELL_SECRETARY = "cell_secretary"
    MEMBER = "member"


ROLE_WORDS = {
    Role.OPERATOR: "Người vận hành",
    Role.TENANT_ADMIN: "Quản trị đảng bộ",
    Role.COMMITTEE: "Cấp ủy",
    Role.CELL_SECRETARY: "Bí thư, phó bí thư chi bộ",
    Role.MEMBER: "Đảng viên",
}


class Permission(StrEnum):
    """An act, in the words of a route."""

    LOG_IN = "log_in"
    USE_ACCOUNT = "use_account"
    MANAGE_ACCOUNTS = "manage_accounts"
    OPERATE = "operate"
    VIEW_HOME = "view_home"
    VIEW_ORGANISATION = "view_organisation"
    VIEW_MEMBER = "view_member"
    RECORD_MEETING = "record_meeting"
    RECORD_MEMBER = "record_member"
    RECORD_ORGANISATION = "record_organisation"
    ORDER_MONTH = "order_month"
    """To move a month of the cells below, or excuse them from it."""
    SET_DAYS_OFF = "set_days_off"
    """Those in which the committee differs from the platform's calendar."""
    MANAGE_REMINDERS = "manage_reminders"
    JUDGE = "judge"
    """At the stages that are one's own (`services.judgment_rules.stages_open_to`): of a member, to assess oneself."""
    RECOGNISE = "recognise"
    """The steps that are one's own (`services.recognition.reach.may_take`), and the yearly rating."""
    VIEW_EVALUATION = "view_evaluation"
    EVALUATE = "evaluate"
    VIEW_THRESHOLD = "view_threshold"
    SET_THRESHOLD = "set_threshold"
    ADOPT_FRAME = "adopt_frame"
    CONFIRM_SCORE = "confirm_score"
    RECEIVE_MEETING = "receive_meeting"
    RECORD_FEE = "record_fee"
    RECEIVE_FEE = "receive_fee"
    SET_FEES = "set_fees"
    PLEDGE = "pledge"
    """For a cell, or a member; of a member, to sign one's own."""
    CONFIRM_PLEDGE = "confirm_pledge"
    OPEN_YEAR = "open_year"
    SELECT_PILOT = "select_pilot"
    SET_TARGET = "set_target"
    REPORT_TASK = "report_task"
    """To say that a task is done that one carries oneself."""
    ISSUE_PAPER = "issue_paper"
    """Of one's own body, or as administrator of any (`documents.issuing.may_issue`)."""
    IMPORT = "import"
    VIEW_JOB = "view_job"
    """The committee's, or what one asked for oneself (`jobs.reading.views`), with the file it left."""


class Scope(StrEnum):
    """What a route's identifiers are held against before its view runs."""

    PUBLIC = "public"
    """Anyone, logged in or not."""
    ACCOUNT = "account"
    """One's own log-in."""
    PLATFORM = "platform"
    """The operator's side; no committee in scope."""
    TENANT = "tenant"
    """The committee of the session as a whole."""
    ORGANISATION = "organisation"
    """One organisation within reach."""
    MEMBER = "member"
    """One member within reach."""
    JUDGED = "judged"
    """One member or organisation within reach, or that was, a member by the cell, on the last day of the run or year asked
    for."""


_READER = {
    Permission.VIEW_HOME,
    Permission.VIEW_MEMBER,
    Permission.VIEW_EVALUATION,
    Permission.VIEW_THRESHOLD,
    Permission.REPORT_TASK,
}
_SECRETARY = _READER | {
    Permission.VIEW_ORGANISATION,
    Permission.RECORD_MEETING,
    Permission.JUDGE,
    Permission.RECORD_FEE,
    Permission.PLEDGE,
    Permission.CONFIRM_PLEDGE,
    Permission.RECOGNISE,
    Permission.ISSUE_PAPER,
    Permission.VIEW_JOB,
}
_EVERYONE = frozenset({Permission.LOG_IN, Permission.USE_ACCOUNT})

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OPERATOR: frozenset({Permission.OPERATE}) | _EVERYONE,
    Role.TENANT_ADMIN: frozenset(Permission) - {Permission.OPERATE},
    Role.COMMITTEE: frozenset(
        _SECRETARY
        | {
            Permission.RECORD_MEMBER,
            Permission.ORDER_MONTH,
            Permission.EVALUATE,
            Permission.CONFIRM_SCORE,
            Permission.RECEIVE_MEETING,
            Permission.RECEIVE_FEE,
            Permission.SELECT_PILOT,
            Permission.SET_TARGET,
        }
    )
    | _EVERYONE,
    Role.CELL_SECRETARY: frozenset(_SECRETARY) | _EVERYONE,
    Role.MEMBER: frozenset(_READER | {Permission.JUDGE, Permission.PLEDGE}) | _EVERYONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who is acting, as what, and from where in the tree.

    `organisation_id` is the top of the subtree (committee), the cell (secretary), or None (whole committee, or oneself);
    `member_id` is the person's own record, where known; `place` the organisation's name for the head of a page.
    """

    account_id: int
    name: str
    role: Role
    tenant_id: int | None = None
    organisation_id: int | None = None
    member_id: int | None = None
    place: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the role includes the act at all."""
        return permission in PERMISSIONS[self.role]

    def require(self, permission: Permission) -> None:
        """Raises NotAllowed when the role does not include the act."""
        if not self.may(permission):
            raise NotAllowed


_ORGANISATIONS = text("""
WITH RECURSIVE below AS (
    SELECT organisation_id FROM organisation_period
    WHERE organisation_id = :top OR CAST(:top AS bigint) IS NULL
    UNION
    SELECT further.organisation_id FROM below JOIN (
        SELECT p.parent_id AS from_id, p.organisation_id FROM organisation_period p
        JOIN organisation o ON o.id = p.organisation_id
        WHERE p.valid_from <= :day AND (p.valid_to IS NULL OR :day < p.valid_to OR p.valid_to = o.ended_on)
        UNION ALL
        SELECT t.successor_id, t.organisation_id FROM organisation_event_part t WHERE t.successor_id IS NOT NULL
    ) AS further ON further.from_id = below.organisation_id
)
SELECT array_agg(organisation_id) FROM below
""")


def organisations_below(session: TenantSession, top: int | None, day: date) -> frozenset[int]:
    """Ids of an organisation and of those below it on `day`, with those it took over from; of all where `top` is None."""
    return frozenset(session.scalar(_ORGANISATIONS, {"top": top, "day": day}) or ())


def reaches_all(actor: Actor) -> bool:
    """Whether the committee whole is the actor's to see, on any day, so that no list of organisations need narrow it."""
    return actor.role in (Role.TENANT_ADMIN, Role.COMMITTEE) and actor.organisation_id is None


def organisations_in_reach(session: TenantSession, actor: Actor, day: date) -> frozenset[int]:
    """Ids of the organisations the actor may see on `day`: its subtree, with those that ended in it and those it took over
    from; its cell; or the committee whole.

    A member reaches no organisation, only the own record.
    """
    if actor.role in (Role.MEMBER, Role.OPERATOR):
        return frozenset()
    if actor.role is Role.CELL_SECRETARY:
        return frozenset({actor.organisation_id} if actor.organisation_id else ())
    return organisations_below(session, actor.organisation_id, day)

"""The pages, one module a noun."""

from bontot.web.pages.account import account
from bontot.web.pages.batches import batch
from bontot.web.pages.boards import board
from bontot.web.pages.cells import cell
from bontot.web.pages.days_off import day_off
from bontot.web.pages.directives import directive
from bontot.web.pages.dossiers import dossier
from bontot.web.pages.evaluations import evaluation
from bontot.web.pages.fee_bases import fee_basis
from bontot.web.pages.fee_boards import fee_board
from bontot.web.pages.feeds import feed
from bontot.web.pages.fees import fee
from bontot.web.pages.frames import frame
from bontot.web.pages.grants import grant
from bontot.web.pages.guides import guide
from bontot.web.pages.handover import handover
from bontot.web.pages.health import health
from bontot.web.pages.home import home
from bontot.web.pages.imports import imports
from bontot.web.pages.issued import issued
from bontot.web.pages.jobs import job
from bontot.web.pages.judgments import judgment
from bontot.web.pages.late_work import late_work
from bontot.web.pages.meetings import meeting
from bontot.web.pages.members import member
from bontot.web.pages.operator import operator
from bontot.web.pages.organisations import organisation
from bontot.web.pages.own_values import own_value
from bontot.web.pages.paper_places import paper_place
from bontot.web.pages.paper_texts import paper_text
from bontot.web.pages.papers import paper
from bontot.web.pages.parts import part
from bontot.web.pages.people import people
from bontot.web.pages.pilots import pilot
from bontot.web.pages.planning import plan_pages
from bontot.web.pages.plans import plan
from bontot.web.pages.pledges import pledge
from bontot.web.pages.preferred import preference
from bontot.web.pages.ratings import rating
from bontot.web.pages.recognised import recognised
from bontot.web.pages.recognitions import recognition
from bontot.web.pages.reforms import reform
from bontot.web.pages.reminders import reminder
from bontot.web.pages.reorganising import reorganising
from bontot.web.pages.reviews import review
from bontot.web.pages.schedule import schedule
from bontot.web.pages.scores import score
from bontot.web.pages.targets import target
from bontot.web.pages.tasks import task
from bontot.web.pages.tokens import token
from bontot.web.pages.webhooks import webhook
from bontot.web.pages.years import first_days

BLUEPRINTS = (
    account,
    health,
    home,
    organisation,
    board,
    schedule,
    preference,
    day_off,
    feed,
    reminder,
    cell,
    guide,
    meeting,
    plan_pages,
    part,
    review,
    handover,
    paper,
    paper_text,
    paper_place,
    issued,
    batch,
    task,
    directive,
    score,
    fee,
    fee_basis,
    fee_board,
    member,
    people,
    reform,
    reorganising,
    operator,
    late_work,
    first_days,
    pledge,
    pilot,
    target,
    plan,
    own_value,
    frame,
    imports,
    judgment,
    evaluation,
    recognition,
    dossier,
    recognised,
    rating,
    job,
    grant,
    token,
    webhook,
)

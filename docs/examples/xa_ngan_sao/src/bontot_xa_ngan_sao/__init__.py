"""Đảng ủy xã Ngàn Sao, an invented commune: its plan, and what it adds to the province's pilot."""

from bontot.plugin import Metric, Policy, hookimpl
from bontot_xa_ngan_sao.answers import ANSWERED_IN_TIME
from bontot_xa_ngan_sao.plan import PILOT, PLAN

API = 1


@hookimpl
def bontot_policies() -> tuple[Policy, ...]:
    return PLAN, PILOT


@hookimpl
def bontot_metrics() -> tuple[Metric, ...]:
    return (ANSWERED_IN_TIME,)

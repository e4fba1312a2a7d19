"""Workbooks, work in the background, calendars given out, reminders."""

from __future__ import annotations

import io
from datetime import date

from bontot.access import Role
from tests.isolation.golden.asking import (
    Golden,
    Requests,
    form_key,
)
from tests.workbooks import workbook


def a_workbook(code: str) -> bytes:
    """One new cell of that code, with a column to be given a meaning."""
    head = ("Mã", "Tên", "Loại hình", "Mã cấp trên", "Ngày thành lập", "Khu")
    cell = (code, f"Chi bộ {code}", "Chi bộ trực thuộc", "P", date(2020, 1, 1), "A")
    return workbook({"Tổ chức": [head, cell]})


REQUESTS: Requests = {
    ("imports.index", "GET"): lambda _: Golden(),
    ("imports.index", "POST"): lambda _: Golden(
        method="POST",
        form={
            "form_key": form_key(),
            "no_secrets": "yes",
            "file": (io.BytesIO(a_workbook("C7")), "tệp.xlsx"),
        },
        status=302,
    ),
    ("imports.show", "GET"): lambda world: Golden(args={"batch": world["batch"]}),
    ("imports.undo", "GET"): lambda world: Golden(args={"batch": world["batch"]}),
    ("imports.undo", "POST"): lambda world: Golden(
        method="POST",
        args={"batch": world["batch"]},
        form={"form_key": form_key(), "reason": "nhập nhầm"},
        status=302,
    ),
    ("imports.name", "POST"): lambda world: Golden(
        method="POST",
        args={"batch": world["batch to name"]},
        form={"form_key": form_key(), "what": "organisation|Khu", "means": "-"},
        status=302,
    ),
    ("imports.forget", "POST"): lambda _: Golden(
        method="POST", form={"what": "organisation|so quyet dinh"}, status=302
    ),
    ("imports.examine", "POST"): lambda world: Golden(
        method="POST", args={"batch": world["batch to name"]}, form={"form_key": form_key()}, status=302
    ),
    ("imports.apply", "POST"): lambda world: Golden(
        method="POST", args={"batch": world["batch"]}, form={"form_key": form_key()}, status=302
    ),
    ("imports.discard", "POST"): lambda world: Golden(
        method="POST", args={"batch": world["batch to discard"]}, form={"form_key": form_key()}, status=302
    ),
    ("imports.sample", "GET"): lambda _: Golden(args={"name": "to-chuc-dang-vien"}),
    ("imports.records", "GET"): lambda _: Golden(args={"name": "to-chuc-dang-vien"}),
    ("job.index", "GET"): lambda _: Golden(role=Role.COMMITTEE),
    ("job.show", "GET"): lambda world: Golden(args={"job": world["job"]}),
    ("job.export", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"name": "dang-vien"}, query={"noi": world["cell"]}
    ),
    ("job.export", "POST"): lambda _: Golden(
        method="POST", args={"name": "ho-so-to-chuc-dang-vien"}, form={"form_key": form_key()}, status=302
    ),
    ("job.file", "GET"): lambda world: Golden(args={"job": world["job with a file"]}),
    ("batch.own", "GET"): lambda _: Golden(role=Role.COMMITTEE, status=302),
    ("batch.index", "GET"): lambda world: Golden(
        role=Role.CELL_SECRETARY, args={"organisation": world["cell"]}
    ),
    ("batch.ask", "GET"): lambda world: Golden(
        args={"organisation": world["organisation"], "kind": "bien-ban"}
    ),
    ("batch.ask", "POST"): lambda world: Golden(
        method="POST",
        args={"organisation": world["organisation"], "kind": "dang-ky"},
        form={"form_key": form_key(), "of": "2025", "form": "pdf", "both_sides": "1"},
        status=302,
    ),
    ("job.stop", "POST"): lambda world: Golden(
        method="POST", args={"job": world["job to stop"]}, form={"form_key": form_key()}, status=302
    ),
    ("job.repeat", "POST"): lambda world: Golden(
        method="POST", args={"job": world["job to repeat"]}, form={"form_key": form_key()}, status=302
    ),
    ("feed.index", "GET"): lambda _: Golden(role=Role.MEMBER),
    ("feed.index", "POST"): lambda world: Golden(
        role=Role.COMMITTEE, method="POST", form={"form_key": form_key(), "what": world["cell"]}
    ),
    ("feed.read", "GET"): lambda world: Golden(role=None, args={"token": world.secret}),
    ("feed.end", "POST"): lambda world: Golden(method="POST", args={"feed": world["feed"]}, status=302),
    ("reminder.index", "GET"): lambda _: Golden(role=Role.MEMBER),
    ("reminder.index", "POST"): lambda _: Golden(
        role=Role.MEMBER, method="POST", form={"form_key": form_key(), "email": "toi@vi-du.vn"}, status=302
    ),
    ("reminder.change", "GET"): lambda _: Golden(),
    ("reminder.change", "POST"): lambda _: Golden(
        method="POST", form={"form_key": form_key(), "version": "0", "days_before": "2"}, status=302
    ),
    ("reminder.again", "POST"): lambda world: Golden(
        method="POST", args={"letter": world["letter"]}, status=302
    ),
}

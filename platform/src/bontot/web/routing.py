"""How a route says who may use it.

A view is declared with one permission and one scope, and every identifier in its address is resolved against the reader's
reach before the view runs; the application refuses to start with an undeclared view (safety rule 11).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, Flask
from werkzeug.routing import Rule

from bontot.access import Permission, Scope
from bontot.errors import BontotError

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """What a view demands; `fields` are those its form may hold, None for a form that a schema of its own reads. With a
    `token_scope` it is for programs: open to access tokens given that right, and to nobody else."""

    permission: Permission
    scope: Scope
    fields: frozenset[str] | None = frozenset()
    token_scope: str | None = None


class RouteUndeclared(BontotError):
    """A view without a permission and scope."""

    code = "route_undeclared"
    sentence = "Có trang chưa khai báo quyền."


OF_EVERY_FORM = frozenset({"csrf_token", "form_key"})
_ATTRIBUTE = "bontot_access"


def page(
    blueprint: Blueprint,
    rule: str,
    *,
    permission: Permission,
    scope: Scope,
    methods: tuple[str, ...] = ("GET",),
    fields: tuple[str, ...] | None = (),
) -> Callable[[View], View]:
    """Registers a view under `rule`. `<uuid:organisation>` and `<uuid:member>` in a rule are public ids that reach the
    view already resolved, as `organisation: Place` and `member: Person`. A form with other fields than `fields` is refused
    before the view runs (safety rule 12); None leaves that to the view's own schema."""

    def register(view: View) -> View:
        declare(view, permission, scope, fields)
        blueprint.add_url_rule(rule, view_func=view, methods=list(methods))
        return view

    return register


def declare(
    view: Callable[..., Any],
    permission: Permission,
    scope: Scope,
    fields: tuple[str, ...] | None = (),
    token_scope: str | None = None,
) -> None:
    """Attaches the access of a view that is registered otherwise than by `page`."""
    allowed = None if fields is None else frozenset(fields) | OF_EVERY_FORM
    setattr(view, _ATTRIBUTE, Access(permission, scope, allowed, token_scope))


def access_of(app: Flask, endpoint: str) -> Access:
    """The declared access of an endpoint; raises RouteUndeclared."""
    access: Access | None = getattr(app.view_functions[endpoint], _ATTRIBUTE, None)
    if access is None:
        raise RouteUndeclared(f"Trang {endpoint} chưa khai báo quyền.")
    return access


def check_routes(app: Flask) -> None:
    """Refuses an application with an undeclared route."""
    for rule in app.url_map.iter_rules():
        access_of(app, rule.endpoint)


def route_table(app: Flask) -> list[tuple[Rule, Access]]:
    """Every route with its access, by address: what `bontot routes` prints."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
    return [(rule, access_of(app, rule.endpoint)) for rule in rules]

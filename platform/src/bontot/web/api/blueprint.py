"""Where the routes of the API are registered, and what every answer carries."""

from __future__ import annotations

from flask import Blueprint, g
from werkzeug.wrappers import Response

from bontot.services.throttle import Allowance

api = Blueprint("api", __name__, url_prefix="/api/v1")


@api.after_request
def count(response: Response) -> Response:
    """Says what is left of the requests the token may make."""
    allowance: Allowance | None = g.get("allowance")
    if allowance is not None:
        response.headers["RateLimit-Limit"] = str(allowance.most)
        response.headers["RateLimit-Remaining"] = str(allowance.left)
        response.headers["RateLimit-Reset"] = str(allowance.seconds)
    return response

"""The site: server-rendered pages in Vietnamese."""

from bontot.web.application import create_app

__all__ = ["create_app"]

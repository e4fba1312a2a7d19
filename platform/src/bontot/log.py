"""Logs: one JSON line an event, with the ids of request, committee and account, and never a personal value.

Safety rule 32. What an exception says is left out: a database or a parser repeats in it what somebody entered.
"""

from __future__ import annotations

import logging

import structlog
from structlog.types import EventDict, Processor


def _unspoken(_: object, __: str, event: EventDict) -> EventDict:
    """Keeps of an exception its type and frames."""
    for raised in event.get("exception", ()):
        raised.update(exc_value="", exc_notes=[])
    return event


_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=30)
    ),
    _unspoken,
)


def configure() -> None:
    """Sends everything this process logs to standard error as JSON, whoever says it; called by every verb that works on
    records."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("bontot").setLevel(logging.INFO)


def formatter() -> logging.Formatter:
    """A record as one line. Exceptions keep their frames, not the values in them."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=list(_SHARED),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def about(**ids: str | int | None) -> None:
    """Adds ids to every line of the present request or job."""
    structlog.contextvars.bind_contextvars(
        **{name: value for name, value in ids.items() if value is not None}
    )


def forget() -> None:
    """Begins anew: nothing of an earlier request or job is carried on."""
    structlog.contextvars.clear_contextvars()

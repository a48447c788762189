"""Every error this project raises on purpose.

ServiceError
├── UserError          its text is the answer to the person who wrote
├── ConfigError        the start is refused; names file, line and what is allowed
├── BadCallback        what arrived at the callback is not from WeCom, or is broken
├── NotStored          what arrived could not be written down: it must be sent again
└── ProviderError      the other side (WeCom, SMS gateway) did not do what was asked
    ├── Refused        it said no, with a code
    └── Unreachable    it did not say; the request may or may not have been carried out
"""

from __future__ import annotations


class ServiceError(Exception):
    """Root of the tree."""


class UserError(ServiceError):
    """Something the person can mend; `str(error)` is the Chinese sentence they get."""


class ConfigError(ServiceError):
    """The configuration can not be used."""


class BadCallback(ServiceError):
    """A callback that is answered 4xx and not stored. `reason` is a short static word for the counter."""

    def __init__(self, reason: str, status: int = 403) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class NotStored(ServiceError):
    """A message that is not on the disk; whoever sent it must not believe that we have it."""


class ProviderError(ServiceError):
    """The other side did not do what was asked."""


class Refused(ProviderError):
    """Answered with an error code. `message` is the provider's text with secrets removed."""

    def __init__(self, code: int | str, message: str, *, api: str) -> None:
        super().__init__(f"{api}: {code} {message}")
        self.code = code
        self.api = api


class Unreachable(ProviderError):
    """No usable answer: time-out, reset, 5xx, HTML. `maybe_done` says whether the request may have been carried out."""

    def __init__(self, reason: str, *, api: str, maybe_done: bool) -> None:
        super().__init__(f"{api}: {reason}")
        self.api = api
        self.maybe_done = maybe_done

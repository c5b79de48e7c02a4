"""The errors that are ours. Each names its subject, keeps its cause, and says what to do where that is known.

AggregatorError
├── ConfigError      a file in feeds/ or a setting is wrong: file, line, suggestion
├── FetchError       a URL could not be fetched: the address, what happened
├── DocumentError    a feed body or a seed document yields nothing: its name, why
│   └── GivenUpError its parser did not live or come to an end
├── StoreError       the database cannot be used as it is
└── SupersededError  another process leads now, and this one has to leave the work to it
"""

from datetime import datetime


class AggregatorError(Exception):
    """Carry a subject (a URL, a file name) and a reason that a person can act on."""

    def __init__(self, subject: str, reason: str) -> None:
        super().__init__(subject, reason)
        self.subject = subject
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.subject}: {self.reason}"


class ConfigError(AggregatorError):
    """A configuration file or setting cannot be used; the subject is `file` or `file:line`."""


class FetchError(AggregatorError):
    """A URL gave no usable answer; the subject is the URL."""

    def __init__(
        self,
        subject: str,
        reason: str,
        *,
        status: int | None = None,
        retry_after: float | datetime | None = None,
        reached: bool | None = None,
    ) -> None:
        super().__init__(subject, reason)
        self.status = status  # HTTP status; None: no answer came
        self.retry_after = retry_after  # seconds, or until when, we are asked to stay away; None: not said
        self.reached = reached  # whether its host was; None: nobody was asked


class DocumentError(AggregatorError):
    """A document cannot be read as entries; the subject is its file name or URL."""


class GivenUpError(DocumentError):
    """A document cost its parser more than it may; on a machine with more room it may be read."""


class StoreError(AggregatorError):
    """The database is missing, foreign, newer than this program, or broken; the subject is its address."""


class SupersededError(AggregatorError):
    """This process leads no more; the subject is the process that does."""

"""What went wrong below HTTP, in words that say what to do next."""

import errno
import socket
import ssl
from collections.abc import Callable

LATER = "trying again later"


class UnusableError(Exception):
    """An address must not be asked, or its answer is of no use; the message says why, after its subject."""


class TooLargeError(UnusableError):
    """A body is longer than its limit."""

    def __init__(self) -> None:
        super().__init__("is larger than a feed may be; ask its publisher for a shorter one")


class NoHttpError(UnusableError):
    """What came is no answer of HTTP/1."""

    def __init__(self) -> None:
        super().__init__("gave an answer that is no valid HTTP; check the address")


class NoAnswerError(UnusableError):
    """A connection ended before there was an answer."""

    def __init__(self) -> None:
        super().__init__(f"closed the connection without an answer; {LATER}")


class BrokenOffError(UnusableError):
    """A connection ended before the body did."""

    def __init__(self) -> None:
        super().__init__(f"broke off before its end; {LATER}")


CERTIFICATES = {  # X509_V_ERR_* of OpenSSL's x509_vfy.h
    9: "whose certificate is not valid yet",
    10: "whose certificate has expired",
    18: "whose certificate is self-signed",
    19: "whose certificate is self-signed",
    20: "whose certificate comes from nobody we trust",
    62: "whose certificate is for another name",
    64: "whose certificate is for another address",
}
SYSTEM = {
    errno.ECONNREFUSED: f"refuses the connection; {LATER}",
    errno.ECONNRESET: f"closed the connection without an answer; {LATER}",
    errno.EHOSTUNREACH: f"cannot be reached from here; {LATER}",
    errno.ENETUNREACH: f"cannot be reached from here; {LATER}",
    errno.ETIMEDOUT: f"timed out; {LATER}",
    errno.EMFILE: "could not be asked: this machine's limit of open files is reached; raise it",
    errno.ENFILE: "could not be asked: this machine's limit of open files is reached; raise it",
}
OUR_LIMITS = (errno.EMFILE, errno.ENFILE)


def words(error: BaseException, host: str, deadline: float) -> str:
    """Say what an error of a request to `host` means, and what to do; deadline: seconds."""
    if isinstance(error, TimeoutError) and error.errno is None:  # with a number it is the system's
        return f"gave no complete answer within {deadline:g} s; {LATER}"
    if isinstance(error, socket.gaierror):
        return _lookup(error, host)
    return next((say(error) for kind, say in KINDS if isinstance(error, kind)), _unknown(error))


def _lookup(error: socket.gaierror, host: str) -> str:
    if error.errno == socket.EAI_AGAIN:
        return f"the host name {host} could not be looked up just now; {LATER}"
    return f"the host name {host} was not found; check the address"


def _certificate(error: BaseException) -> str:
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    found = CERTIFICATES.get(code, "whose certificate is not valid")
    return f"is on a server {found}; only its publisher can mend that"


def _system(error: BaseException) -> str:
    number = error.errno if isinstance(error, OSError) else None
    return SYSTEM.get(number or 0, f"could not be connected to; {LATER}")


def _unknown(error: BaseException) -> str:
    return f"could not be fetched ({type(error).__name__}); {LATER}"


KINDS: tuple[tuple[type[BaseException], Callable[[BaseException], str]], ...] = (
    (UnusableError, str),
    (ssl.SSLCertVerificationError, _certificate),
    (ssl.SSLError, lambda _: f"offers no TLS connection that works; {LATER}"),
    (OSError, _system),
)

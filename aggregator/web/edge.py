"""The edge: who really asks, and for which host; said by the connection, or by a proxy that is trusted."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Network = IPv4Network | IPv6Network

PREFIX = "aggregator.prefix"  # in the environment of a request: the path that a proxy put before ours
SCHEMES = ("http", "https")
LONGEST = 500  # characters of a forwarded header that are looked at: a few addresses


class Forwarded:
    """Take client, scheme, host and prefix from X-Forwarded-* where the peer is a trusted proxy.

    From anybody else they are taken off, so that nothing behind this can believe them.
    """

    def __init__(self, app: WSGIApplication, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = tuple(trusted)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        said = {name: value for name, value in environ.items() if name.startswith("HTTP_X_FORWARDED_")}
        if not said:
            return self._app(environ, start_response)
        environ = {name: value for name, value in environ.items() if name not in said}
        if is_within(environ.get("REMOTE_ADDR", ""), self._trusted):
            self._believe(environ, {name[17:]: value[-LONGEST:] for name, value in said.items()})
        return self._app(environ, start_response)

    def _believe(self, environ: WSGIEnvironment, said: dict[str, str]) -> None:
        environ["REMOTE_ADDR"] = self._client(environ["REMOTE_ADDR"], said.get("FOR", ""))
        if (scheme := _last(said.get("PROTO", "")).lower()) in SCHEMES:
            environ["wsgi.url_scheme"] = scheme
        if host := _last(said.get("HOST", "")):
            environ["HTTP_HOST"] = host
        prefix = _last(said.get("PREFIX", "")).rstrip("/")
        if is_prefix(prefix):
            environ[PREFIX] = prefix
            environ["PATH_INFO"] = below(prefix, environ.get("PATH_INFO", ""))

    def _client(self, peer: str, said: str) -> str:
        """Return the last address in the chain that is no proxy of ours; what stands before it is hearsay."""
        client = peer
        for address in reversed([one.strip() for one in said.split(",")]):
            found = _address(address)
            if found is None:
                break
            client = str(found)
            if not is_within(client, self._trusted):
                break
        return client


def below(prefix: str, path: str) -> str:
    """Take a prefix off a path, for a proxy that passes it on."""
    if prefix and (path == prefix or path.startswith(prefix + "/")):
        return path.removeprefix(prefix) or "/"
    return path


def is_prefix(text: str) -> bool:
    """Tell whether links can be put below a path: plain ASCII, and no other host ("//…")."""
    plain = (
        text.isascii() and text.replace("/", "").replace("-", "").replace("_", "").replace(".", "").isalnum()
    )
    return plain and text.startswith("/") and "//" not in text and "/." not in text


def is_within(address: str, networks: Sequence[Network]) -> bool:
    """Tell whether an address lies in one of some networks."""
    found = _address(address)
    return found is not None and any(found in network for network in networks)


@lru_cache(maxsize=1_000)
def is_for_us(host: str, trusted: tuple[str, ...]) -> bool:
    """Tell whether a request for a host (its Host header) is meant for us; `trusted` empty: any is.

    Addresses and names without a dot are: no foreign page can make a browser send them here, which is what
    the check is against (DNS rebinding), and health checks and proxies use them.
    """
    name = _name(host)
    if not trusted or not name or "." not in name:
        return True
    return name in trusted or _address(name) is not None


def _name(host: str) -> str:
    """Return a Host header without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower().rstrip(".")


def _last(values: str) -> str:
    """Return what the nearest proxy said, who stands last."""
    return values.rpartition(",")[2].strip()


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address as proxies write it: plain, or with a port; None: it is none."""
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    bare = bare.partition(":")[0] if bare.count(":") == 1 else bare
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found

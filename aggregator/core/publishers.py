"""Who reported it: which names and which sites are one publisher.

Publishers are counted by a key. What `feeds/publishers.toml` says decides; else a name that somebody gave
(the entry itself, or the configuration of its feed) by its normal form; else, where only the feed's own title
or nothing is known, the site that the entry lies on: "NYT > World" and "All of NYT" are one publisher.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from aggregator.core.identity import publisher_key, squeezed
from aggregator.model import KnownPublisher

# Sites that carry everybody's words: an address there does not say whose they are.
PORTALS = frozenset(
    """feedburner.com google.com youtube.com youtu.be facebook.com twitter.com x.com t.co t.me bit.ly
    goo.gl tinyurl.com ow.ly reddit.com linkedin.com instagram.com medium.com yahoo.com msn.com aol.com
    flipboard.com apple.news smartnews.com newsbreak.com naver.com daum.net qq.com sohu.com toutiao.com
    archive.org archive.ph archive.today github.com wikipedia.org vk.com dailymotion.com vimeo.com
    soundcloud.com scribd.com issuu.com""".split()
)
# Sites below which everybody has a name; and the names that RFC 2606 keeps for examples of whole sites.
HOSTS = frozenset(
    """substack.com wordpress.com tumblr.com typepad.com livejournal.com blogspot.com ghost.io beehiiv.com
    hatenablog.com exblog.jp over-blog.com canalblog.com tistory.com egloos.com libsyn.com podbean.com
    example.com example.org example.net""".split()
)
NOBODYS = frozenset({"localhost", "test", "invalid", "local", "internal", "lan"})  # last labels; RFC 6761


class Publishers:
    """Tell by which key a publisher is counted."""

    def __init__(self, known: Iterable[KnownPublisher] = ()) -> None:
        self.known = tuple(known)
        self._names: dict[str, str] = {}
        self._sites: dict[str, str] = {}
        for publisher in self.known:
            key = publisher_key(publisher.owner or publisher.name) or ""
            for name in (publisher.name, *publisher.aliases):
                self._names.setdefault(squeezed(name), key)
            self._sites |= dict.fromkeys(map(str.casefold, publisher.domains), key)

    def key(self, name: str | None, url: str | None = None, named: bool = True) -> str | None:
        """Return the key of the publisher of an entry; None: it is unknown, and counts as none.

        named: somebody said that this is its publisher; else the name is only the title of its feed.
        """
        if name and (known := self._names.get(squeezed(name)) or self._of_normal_form(name)):
            return known
        if name and named:
            return publisher_key(name)
        site = site_of(url)
        return (self._sites.get(site) if site else None) or _label(site) or publisher_key(name)

    def _of_normal_form(self, name: str) -> str | None:
        normal = publisher_key(name)
        return self._names.get(normal) if normal else None


def site_of(url: str | None) -> str | None:
    """Return the domain that somebody registered for an address's site; None where it tells nothing."""
    try:
        host = (urlsplit(url).hostname or "") if url else ""
    except ValueError:
        return None
    return _site(host)


@lru_cache(maxsize=10_000)
def _site(host: str) -> str | None:
    if not host or _is_address(host) or host.rpartition(".")[2] in NOBODYS:
        return None
    domain: str | None = _suffixes().privatesuffix(host)
    if domain in HOSTS:
        return None if host.removeprefix("www.") == domain else ".".join(host.rsplit(".", 3)[-3:])
    return None if domain in PORTALS else domain


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=True)


def _label(site: str | None) -> str | None:
    """Return the key of a site that nobody named: its first label, which is most often its name."""
    return publisher_key(site.partition(".")[0].removeprefix("the").replace("-", " ")) if site else None

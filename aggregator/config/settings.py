"""How it runs: the environment, read once into one frozen value."""

import difflib
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AnyHttpUrl, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from aggregator.errors import ConfigError

Network = IPv4Network | IPv6Network

PREFIX = "AGGREGATOR_"
HERE = (".localhost", ".local", ".internal", ".lan", ".test", ".invalid")  # names that mean nothing elsewhere
DATABASES = ("sqlite", "postgresql", "postgres")  # schemes of addresses
TOKEN_LENGTH = 16  # characters of an admin token at least: fewer can be guessed


class Settings(BaseSettings):
    """How the program runs: `AGGREGATOR_*` in the environment, each with its default."""

    # Set but empty, as compose files pass on what is not given, is not set.
    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    data_dir: Path = Path("data")
    # Secrets stand behind the files they may be read from: fields are validated in this order.
    database_url_file: Path | None = None
    database_url: str = Field(default="", repr=False, validate_default=True)  # empty: SQLite in data_dir
    admin_token_file: Path | None = None
    # Who sends it may change things over HTTP; empty: nobody may.
    admin_token: str = Field(default="", repr=False, validate_default=True)
    feeds_dir: Path = Path("feeds")
    seeds_dir: Path = Path("seeds")
    base_url: AnyHttpUrl | None = None  # None: http://127.0.0.1:<port>, and the pages say so
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    refresh_minutes: float = Field(default=30, ge=1, le=24 * 60)
    host_spacing_seconds: float = Field(default=1, ge=0, le=60)
    title: str = Field(default="aggregator", min_length=1, max_length=100)
    timezone: str = "UTC"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    retention_days: int | None = Field(default=None, ge=1)  # None: everything is kept
    allow_networks: Annotated[tuple[Network, ...], NoDecode] = ()
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = ()  # peers whose X-Forwarded-* counts
    hub_url: AnyHttpUrl | None = None  # None: nobody is told when a feed changes
    robots: Literal["disallow", "allow"] = "disallow"

    @field_validator("database_url", "admin_token", mode="before")
    @classmethod
    def _from_file(cls, value: str, info: ValidationInfo) -> str:
        """Read a secret from the file that is named for it."""
        path: Path | None = info.data.get(f"{info.field_name}_file")
        if path is None:
            return value
        if value:
            raise ValueError("is set beside its _FILE variable; set one of the two")
        try:
            found = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise ValueError(f"{path} cannot be read: {error}") from error
        if not found:
            raise ValueError(f"{path} is empty")
        return found

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        scheme, separator, _ = value.partition("://")
        if value and not (separator and scheme.partition("+")[0] in DATABASES):
            raise ValueError("is no address of a database; it begins with sqlite:/// or postgresql://")
        return value

    @field_validator("admin_token")
    @classmethod
    def _is_long(cls, value: str) -> str:
        if value and len(value) < TOKEN_LENGTH:
            raise ValueError(f"is shorter than {TOKEN_LENGTH} characters; `openssl rand -hex 32` makes one")
        return value

    @field_validator("allow_networks", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("log_format", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"no such time zone: {value!r}; names look like 'Europe/Berlin'") from error
        return value

    @property
    def public_url(self) -> str:
        """Return the address our links are built on, without a slash at its end."""
        return str(self.base_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def hub(self) -> str | None:
        """Return the address of our hub, as feeds name it."""
        return str(self.hub_url) if self.hub_url else None

    @property
    def is_reachable(self) -> bool:
        """Tell whether our links lead where others can reach us, not into this machine or its network."""
        host = (self.base_url.host or "").strip("[]") if self.base_url else ""
        try:
            return ip_address(host).is_global
        except ValueError:
            return "." in host and not host.endswith(HERE)

    @property
    def retention(self) -> timedelta | None:
        """Return how long entries are kept; None: for ever."""
        return None if self.retention_days is None else timedelta(days=self.retention_days)

    @property
    def refresh_every(self) -> timedelta:
        return timedelta(minutes=self.refresh_minutes)


def read_settings() -> Settings:
    """Read the environment; raises ConfigError that names every variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        reasons = "; ".join(
            f"{PREFIX}{e['loc'][0]}".upper() + f": {str(e['msg']).removeprefix('Value error, ')}"
            for e in error.errors()
        )
        raise ConfigError("environment", reasons) from error


def unknown_settings(environment: Mapping[str, str]) -> tuple[ConfigError, ...]:
    """Return a mistake for each variable that looks like one of ours and is none, with what was meant."""
    known = {name.upper() for name in Settings.model_fields}
    ours = (name.removeprefix(PREFIX) for name in sorted(environment) if name.startswith(PREFIX))
    return tuple(
        ConfigError("environment", f"unknown variable {PREFIX}{name}{_meant(name, known)}")
        for name in ours
        if name not in known
    )


def _meant(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {PREFIX}{near[0]}?" if near else ""

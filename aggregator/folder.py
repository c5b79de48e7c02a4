"""seeds/ and feeds/ on disk -> bytes: what may be read, and what changed.

Whoever can put a file into a folder must not be able to make us read one outside it, wait for a pipe, or
fill the memory: only regular files below the folder are opened, step by step without following links, and
none above MAX_BYTES.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aggregator.errors import DocumentError
from aggregator.model import Document

MAX_BYTES = (
    20_000_000  # bytes a document; a page has some kB, a year of a news site as JSON Lines stays below
)
SKIPPED_PREFIXES = (".", "README")  # what tells people about the folder, and what systems hide in it
SKIPPED_SUFFIXES = ("~", ".swp", ".swo", ".tmp", ".part", ".crdownload")  # unfinished, or an editor's copy

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_FILE = (
    os.O_RDONLY
    | _NOFOLLOW
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOCTTY", 0)
)
_DIRECTORY = os.O_RDONLY | _NOFOLLOW | getattr(os, "O_DIRECTORY", 0)
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@dataclass(frozen=True, slots=True)
class FolderItem:
    """One document: new or changed (`document`), not readable (`error`), or unchanged (neither)."""

    name: str  # path below the folder, with forward slashes; bytes that are no text are escaped
    digest: str | None = None  # SHA-256 of the content, hexadecimal; None: it could not be read
    document: Document | None = None
    error: DocumentError | None = None

    @property
    def is_unchanged(self) -> bool:
        """Say whether the content is the one that was known."""
        return self.document is None and self.error is None


def read_folder(root: Path, known: Mapping[str, str]) -> Iterator[FolderItem]:
    """Yield the documents of a folder and of the folders in it, sorted by name, one at a time.

    `known`: name -> SHA-256 of what was read before; such a document is yielded without its content.
    A file that cannot be read is an item with an error; so is a folder that is missing.
    """
    try:
        paths = _paths(root)
    except OSError as error:
        yield FolderItem(safe_name(str(root)), error=_folder_error(root, error))
        return
    for name, path in paths:
        yield _item(root, name, path, known.get(name))


def read_files(root: Path) -> tuple[tuple[tuple[str, bytes], ...], tuple[DocumentError, ...]]:
    """Return (name, content) of a folder's files, sorted by name, and why others can't be read.

    A folder that is missing has none.
    """
    items = tuple(read_folder(root, {})) if root.is_dir() else ()
    files = tuple((item.name, item.document.body) for item in items if item.document is not None)
    return files, tuple(item.error for item in items if item.error is not None)


def read_document(path: Path) -> Document:
    """Read one file that a person named; raises DocumentError."""
    name = safe_name(str(path))
    try:
        descriptor = os.open(path, _FILE & ~getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:
        raise DocumentError(name, _reason(error)) from error
    return Document(name, _read(descriptor, name))


def safe_name(raw: str) -> str:
    """Return a file name that can be stored and printed: control characters and odd bytes are escaped."""
    text = raw.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _paths(root: Path) -> list[tuple[str, str]]:
    """Return (safe name, path below root) of everything in a folder that may be a document, sorted by name.

    Raises OSError where the folder itself cannot be listed; a folder inside that cannot is listed as itself.
    """
    with os.scandir(root):
        pass
    found: list[str] = []
    unreadable: list[OSError] = []
    for folder, folders, files in os.walk(root, onerror=unreadable.append):
        folders[:] = [name for name in folders if not _is_skipped(name)]
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        found += [
            os.path.relpath(Path(folder, name), root) for name in (*files, *links) if not _is_skipped(name)
        ]
    found += [os.path.relpath(error.filename, root) for error in unreadable]
    return sorted((safe_name(path.replace(os.sep, "/")), path) for path in found)


def _is_skipped(name: str) -> bool:
    return name.startswith(SKIPPED_PREFIXES) or name.endswith(SKIPPED_SUFFIXES)


def _item(root: Path, name: str, path: str, known: str | None) -> FolderItem:
    try:
        body = _read(_open_below(root, path), name)
    except DocumentError as error:
        return FolderItem(name, error=error)
    except OSError as error:
        return FolderItem(name, error=DocumentError(name, _reason(error)))
    digest = hashlib.sha256(body).hexdigest()
    return FolderItem(name, digest, None if digest == known else Document(name, body))


def _open_below(root: Path, path: str) -> int:
    """Open a file below a folder. A link is followed only where it stays inside; it is resolved beforehand.

    Each step is opened relative to the one before, without following links: nobody can swap one in between.
    """
    base = Path(os.path.realpath(root))
    target = Path(os.path.realpath(base / path)) if _has_link(base, path) else base / path
    if not target.is_relative_to(base):
        raise DocumentError(
            safe_name(path), "is a link that leads out of the folder; put a copy of the file there"
        )
    if os.open not in os.supports_dir_fd:
        return os.open(target, _FILE)
    *folders, last = target.relative_to(base).parts or (".",)
    descriptor = os.open(base, _DIRECTORY)
    for folder in folders:
        descriptor = _step(descriptor, folder, _DIRECTORY)
    return _step(descriptor, last, _FILE)


def _has_link(base: Path, path: str) -> bool:
    return any(
        part.is_symlink() for part in ((base / path), *(base / path).parents) if part.is_relative_to(base)
    )


def _step(parent: int, name: str, flags: int) -> int:
    """Open a name in an open folder, and close the folder."""
    try:
        return os.open(name, flags, dir_fd=parent)
    finally:
        os.close(parent)


def _read(descriptor: int, name: str) -> bytes:
    """Read an open file to its end and close it; raises DocumentError where it is no file to read."""
    with _closing(descriptor):
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            kind = _KINDS.get(stat.S_IFMT(before.st_mode), "no regular file")
            raise DocumentError(name, f"is {kind}, not a file; only files are read")
        if before.st_size > MAX_BYTES:
            raise DocumentError(
                name, f"has {before.st_size:,} bytes; more than {MAX_BYTES:,} are not read, split it"
            )
        body = _read_all(descriptor)
        after = os.fstat(descriptor)
    if len(body) != before.st_size or after.st_mtime_ns != before.st_mtime_ns:
        raise DocumentError(name, "changed while it was read; it is tried again at the next refresh")
    return body


def _read_all(descriptor: int) -> bytes:
    pieces, size = [], 0
    while size <= MAX_BYTES and (piece := os.read(descriptor, 1 << 20)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


@contextmanager
def _closing(descriptor: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(descriptor)


def _folder_error(root: Path, error: OSError) -> DocumentError:
    reasons: dict[type[OSError], str] = {
        FileNotFoundError: "there is no such folder; create it, or set the right one",
        NotADirectoryError: "is a file, not a folder",
        PermissionError: "may not be listed by this user; give it read and execute permission",
    }
    return DocumentError(safe_name(str(root)), reasons.get(type(error), _reason(error)))


def _reason(error: OSError) -> str:
    reasons: dict[type[OSError], str] = {
        FileNotFoundError: "does not exist, or is a link that leads nowhere",
        PermissionError: "may not be read by this user; give it read permission",
        IsADirectoryError: "is a folder, not a file",
    }
    if error.errno == errno.ELOOP:
        return "is a link that leads in a circle; put a copy of the file there"
    return reasons.get(type(error), f"cannot be read: {os.strerror(error.errno or 0).lower()}")

"""What is read from a folder, what is not, and what is said about it."""

import hashlib
import os
import socket
import stat
from pathlib import Path

import pytest

from aggregator.errors import DocumentError
from aggregator.folder import MAX_BYTES, FolderItem, read_document, read_files, read_folder, safe_name


def write(root: Path, name: str, body: bytes = b"A title\n\nA text.") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path


def by_name(root: Path, known: dict[str, str] | None = None) -> dict[str, FolderItem]:
    return {item.name: item for item in read_folder(root, known or {})}


def reason(item: FolderItem) -> str:
    assert item.error is not None
    assert item.document is None
    return item.error.reason


def test_documents_come_sorted_with_forward_slashes_from_all_folders(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/deep/er/y.md", "C.html"):
        write(tmp_path, name, name.encode())

    items = list(read_folder(tmp_path, {}))

    assert [item.name for item in items] == ["C.html", "a/deep/er/y.md", "a/z.txt", "b.txt"]
    assert [item.document.body for item in items if item.document] == [item.name.encode() for item in items]
    assert items[0].digest == hashlib.sha256(b"C.html").hexdigest()


def test_hidden_files_readmes_and_unfinished_files_are_passed_over(tmp_path: Path) -> None:
    for name in (
        ".gitkeep",
        ".git/config",
        "README",
        "README.md",
        "x~",
        "x.swp",
        "x.tmp",
        "x.part",
        "sub/README.txt",
    ):
        write(tmp_path, name)
    write(tmp_path, "kept.json")

    assert list(by_name(tmp_path)) == ["kept.json"]


def test_an_unchanged_document_comes_without_its_content(tmp_path: Path) -> None:
    write(tmp_path, "same.txt", b"one")
    write(tmp_path, "changed.txt", b"two")
    known = {
        "same.txt": hashlib.sha256(b"one").hexdigest(),
        "changed.txt": hashlib.sha256(b"one").hexdigest(),
    }

    items = by_name(tmp_path, known)

    assert items["same.txt"].is_unchanged
    assert items["same.txt"].digest == known["same.txt"]
    assert items["changed.txt"].document is not None
    assert not items["changed.txt"].is_unchanged


def test_a_document_rewritten_within_the_same_clock_tick_is_read_again(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", b"one")
    before = path.stat()
    known = {item.name: item.digest or "" for item in read_folder(tmp_path, {})}
    path.write_bytes(b"two")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert by_name(tmp_path, known)["a.txt"].document is not None


def test_a_missing_folder_is_one_clear_error(tmp_path: Path) -> None:
    items = list(read_folder(tmp_path / "none", {}))

    assert len(items) == 1
    assert "there is no such folder" in reason(items[0])
    assert items[0].name.endswith("none")


def test_a_file_in_the_folders_place_is_one_clear_error(tmp_path: Path) -> None:
    items = list(read_folder(write(tmp_path, "file"), {}))

    assert [reason(item) for item in items] == ["is a file, not a folder"]


def test_a_link_that_leads_out_is_refused_and_the_others_are_read(tmp_path: Path) -> None:
    secret = write(tmp_path, "secret")
    root = tmp_path / "seeds"
    write(root, "good.txt")
    (root / "out.txt").symlink_to(secret)
    (root / "up").symlink_to(tmp_path)
    (root / "absolute.txt").symlink_to("/etc/hostname")

    items = by_name(root)

    assert items["good.txt"].document is not None
    for name in ("out.txt", "up", "absolute.txt"):
        assert "leads out of the folder" in reason(items[name])
    assert not [name for name in items if name.startswith("up/")]


def test_links_that_stay_inside_are_followed_as_mounted_configuration_needs(tmp_path: Path) -> None:
    write(tmp_path, "..2026_11/a.txt", b"mounted")
    (tmp_path / "..data").symlink_to("..2026_11")
    (tmp_path / "a.txt").symlink_to("..data/a.txt")

    items = by_name(tmp_path)

    assert list(items) == ["a.txt"]
    assert items["a.txt"].document is not None
    assert items["a.txt"].document.body == b"mounted"


def test_links_that_lead_nowhere_or_in_circles_are_errors(tmp_path: Path) -> None:
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    (tmp_path / "loop").symlink_to(tmp_path)

    items = by_name(tmp_path)

    assert set(items) == {"nowhere", "round", "loop"}
    assert all(item.error for item in items.values())


def test_pipes_sockets_and_devices_are_named_and_never_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # a socket's path may have 108 characters
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        items = by_name(tmp_path)

    assert "a named pipe" in reason(items["pipe"])
    assert reason(items["socket"])


def test_a_device_is_named(tmp_path: Path) -> None:
    try:
        os.mknod(tmp_path / "zero", 0o600 | stat.S_IFCHR, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("only root may make a device file")

    assert reason(by_name(tmp_path)["zero"])


def test_a_sparse_file_of_fifty_gigabytes_is_refused_by_its_size(tmp_path: Path) -> None:
    os.truncate(write(tmp_path, "huge.txt"), 50_000_000_000)
    write(tmp_path, "good.txt")

    items = by_name(tmp_path)

    assert "50,000,000,000 bytes" in reason(items["huge.txt"])
    assert items["good.txt"].document is not None


def test_a_document_of_the_largest_size_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    os.truncate(write(tmp_path, "most.txt"), MAX_BYTES)
    os.truncate(write(tmp_path, "more.txt"), MAX_BYTES + 1)

    items = by_name(tmp_path)

    assert items["most.txt"].document is not None
    assert items["more.txt"].error is not None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_and_an_unreadable_folder_are_errors(tmp_path: Path) -> None:
    write(tmp_path, "closed.txt").chmod(0)
    folder = write(tmp_path, "shut/a.txt").parent
    folder.chmod(0)

    items = by_name(tmp_path)
    folder.chmod(0o700)

    assert "may not be read" in reason(items["closed.txt"])
    assert items["shut"].error is not None


def test_names_with_line_breaks_and_odd_bytes_are_escaped_and_still_read(tmp_path: Path) -> None:
    write(tmp_path, "two\nlines.txt")
    with open(os.fsencode(tmp_path) + b"/odd\xff.txt", "wb") as file:  # noqa: PTH123 - Path has no byte names
        file.write(b"x")

    items = by_name(tmp_path)

    assert list(items) == ["odd\\xff.txt", "two\\nlines.txt"]
    assert all(item.document for item in items.values())
    assert all(name.isprintable() and name.encode() for name in items)


def test_names_that_people_use_stay_as_they_are() -> None:
    assert safe_name("Über uns/한국 (1).txt") == "Über uns/한국 (1).txt"


def test_files_of_a_folder_are_given_with_their_content(tmp_path: Path) -> None:
    write(tmp_path, "b.toml", b"2")
    write(tmp_path, "a.toml", b"1")
    os.mkfifo(tmp_path / "pipe")

    files, unreadable = read_files(tmp_path)
    assert files == (("a.toml", b"1"), ("b.toml", b"2"))
    assert [(error.subject, "pipe" in error.reason) for error in unreadable] == [("pipe", True)]
    assert read_files(tmp_path / "none") == ((), ())


def test_one_named_file_is_read_also_through_a_link(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", b"one")
    link = tmp_path / "link"
    link.symlink_to(path)

    assert read_document(link).body == b"one"
    assert read_document(path).name == str(path)


@pytest.mark.parametrize(
    ("name", "words"), [("none", "does not exist"), (".", "a folder"), ("pipe", "a named pipe")]
)
def test_one_named_file_that_is_none_says_why(tmp_path: Path, name: str, words: str) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(DocumentError, match=words):
        read_document(tmp_path / name)


def test_many_documents_are_read_one_at_a_time(tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path, f"{number}.txt")
    items = read_folder(tmp_path, {})
    next(items)
    (tmp_path / "1.txt").unlink()

    rest = {item.name: item for item in items}

    assert "does not exist" in reason(rest["1.txt"])
    assert rest["2.txt"].document is not None


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    write(tmp_path, "a/b/c.txt")
    (tmp_path / "out").symlink_to("/etc")
    os.mkfifo(tmp_path / "pipe")
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0

    for _ in range(20):
        list(read_folder(tmp_path, {}))

    after = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    assert after == before

import json
import os
import struct
import subprocess
import tempfile
import warnings
import zipfile
from pathlib import Path

import pytest

from sonomics.core.settings.export import Limits
from sonomics.export.files import walk
from sonomics.export.files.header_index import read_headers
from sonomics.export.files.walk import NO_PERMISSION, list_files

LIMITS = Limits.partial({})
NOBODY = 65534  # the user of that name


def told(root, limits=LIMITS):
    """What is found, by the path below the root."""
    return {os.path.relpath(found.name, root): found.reason for found in list_files(root, limits)}


@pytest.fixture
def root(tmp_path):
    top = tmp_path / "media"
    (top / "a").mkdir(parents=True)
    (top / "a" / "IM1").write_bytes(b"one")
    return top


def test_links_are_followed_where_they_lead_to_something_new(root, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "IM2").write_bytes(b"two")
    (root / "b").symlink_to(elsewhere)
    (root / "file").symlink_to(elsewhere / "IM2")
    (root / "dangling").symlink_to(tmp_path / "nowhere")
    (root / "itself").symlink_to("itself")
    (root / "a" / "up").symlink_to("..")
    (elsewhere / "back").symlink_to(root)
    assert told(root) == {
        "a/IM1": "", "a/up": walk.LINKED_INSIDE, "b/IM2": "", "b/back": walk.LINKED_INSIDE, "file": "",
        "dangling": walk.DANGLING, "itself": walk.DANGLING,
    }  # fmt: skip


def test_many_links_to_each_other_end(root, tmp_path):
    for level in range(12):
        folder = tmp_path / "outside" / str(level)
        folder.mkdir(parents=True)
        for name in ("x", "y"):
            (folder / name).symlink_to(tmp_path / "outside" / str(level + 1))
    (root / "start").symlink_to(tmp_path / "outside" / "0")
    assert len(told(root)) < 30


def test_pipes_and_sockets_are_not_opened(root):
    os.mkfifo(root / "pipe")
    assert told(root) == {"a/IM1": "", "pipe": walk.NOT_A_FILE}


def test_a_folder_that_may_not_be_read_is_named(root, monkeypatch):
    listed = os.listdir

    def refuse(path):
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(walk.os, "listdir", refuse)
    assert told(root) == {"a": walk.NO_PERMISSION}


def test_a_thousand_nested_folders_are_no_recursion(root):
    before = Path.cwd()
    try:
        os.chdir(root)
        for _ in range(1100):
            Path("d").mkdir()
            os.chdir("d")
    finally:
        os.chdir(before)
    try:
        found = told(root)
    finally:
        subprocess.run(["rm", "-rf", root / "d"], check=True)  # shutil would be a recursion, pytest's cleaning too
    assert found["a/IM1"] == ""
    assert list(found.values()).count(walk.TOO_DEEP) == 1


def pack(path, *members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in members:
            archive.writestr(name, content)


def test_members_under_odd_names_are_read_or_named(root):
    odd = ["//c.dcm", "/etc/c.dcm", "../../c.dcm", "x/../c.dcm", "C:\\c.dcm", "{patient}.dcm", "plain.dcm"]
    pack(root / "x.zip", *((name, name.encode()) for name in odd), ("plain.dcm", b"twice"), ("/", b"lost"), ("d/", b""))
    found = list(list_files(root, LIMITS))
    read = {item.file.open("rb").read().decode() for item in found if item.file and ".zip" in item.name}
    assert read == set(odd)
    aside = sorted(item.reason for item in found if item.reason)
    assert aside == sorted([walk.NAMED_TWICE, walk.NAMED_AS_FOLDER])


def test_bombs_and_crowds_are_set_aside_before_they_are_opened(root):
    pack(root / "bomb.zip", ("zeros", bytes(70_000_000)))
    pack(root / "crowd.zip", *((f"{number}", b"") for number in range(50)))
    found = told(root, Limits.partial({"members": 40}))
    assert found["bomb.zip/zeros"] == walk.TOO_PACKED
    assert found["crowd.zip"] == walk.TOO_MANY
    assert told(root, Limits.partial({"object_mb": 50, "ratio": 10**6}))["bomb.zip/zeros"] == walk.TOO_LARGE


def test_damaged_and_encrypted_archives_are_named(root):
    pack(root / "x.zip", ("IM2", b"two"))
    raw = bytearray((root / "x.zip").read_bytes())
    place = raw.index(b"PK\x01\x02")
    encrypted = bytearray(raw)
    encrypted[place + 8 : place + 10] = struct.pack("<H", 1)
    (root / "encrypted.zip").write_bytes(encrypted)
    raw[place] = 0
    (root / "damaged.zip").write_bytes(raw)
    found = told(root)
    assert found["encrypted.zip/IM2"] == walk.ENCRYPTED
    assert found["damaged.zip"] == walk.DAMAGED_ARCHIVE


def test_a_folder_that_another_user_may_not_read_is_told():
    """Really as another user, also where the tests run as root, who may read everything."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        (root / "closed" / "inside").mkdir(parents=True)
        (root / "closed" / "inside" / "a.dcm").write_bytes(b"x")
        (root / "b.dcm").write_bytes(b"x")
        (root / "c.dcm").write_bytes(b"x")
        (root / "c.dcm").chmod(0)
        (root / "closed").chmod(0)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setegid(NOBODY)
                os.seteuid(NOBODY)
            found = [(Path(each.name).name, each.reason) for each in list_files(root, LIMITS)]
            found += [(each.name, each.reason) for each in read_headers(root, LIMITS) if each.name.endswith("c.dcm")]
            os.write(writing, json.dumps(found).encode())
            os._exit(0)
        os.waitpid(child, 0)
        os.close(writing)
        with os.fdopen(reading, "rb") as answer:
            found = dict(json.loads(answer.read()))
        (root / "closed").chmod(0o700)
    assert found == {"b.dcm": "", "c.dcm": "", "closed": NO_PERMISSION, str(root / "c.dcm"): NO_PERMISSION}

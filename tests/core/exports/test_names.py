"""Class names as folders, picture names as files: safe everywhere, different, told back."""

from __future__ import annotations

import pytest

from core.exports.names import LONGEST, class_folders, picture_name

HOSTILE = [
    "a/b", "a\\b", "..", ".", "", " ", "CON", "con.txt", "nul", "COM1", "end.", "end ", "a:b",
    "a\nb",
    "a\0b", "<script>alert(1)</script>", "=cmd|'/C calc'!A0", "\u202egnp.exe", "👩🏽‍🔬🧲",
    "ß" * 10_000,
    "ß" * 9_999, "Red", "red", "RED", "é", "e\u0301", "ﬁ", "fi", "a%2Fb", "~",
]  # fmt: skip


def test_every_label_has_a_folder_of_its_own_that_any_system_can_hold():
    folders = class_folders(HOSTILE)

    assert set(folders) == set(HOSTILE)
    names = list(folders.values())
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert name and not set(name) & set('/\\:*?"<>|\n\0')
        assert name[0] not in ". " and name[-1] not in ". "
        assert len(name.encode()) <= LONGEST + 13
        assert name.split(".")[0].casefold() not in {"con", "nul", "com1"}


def test_plain_labels_keep_their_names_and_the_order_does_not_matter():
    labels = ["Bell pepper", "red", "Red"]

    assert class_folders(labels) == class_folders(reversed(labels))
    assert class_folders(labels)["Bell pepper"] == "Bell pepper"
    assert class_folders(labels)["Red"] == "Red"
    assert class_folders(labels)["red"].startswith("red~")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("cam1/003.jpg", "cam1_003-0123456789ab.jpg"),
        ("../../etc/passwd", "etc_passwd-0123456789ab"),
        ("Größe 1.PNG", "Gr__e_1-0123456789ab.png"),
        ("=cmd.jpg", "cmd-0123456789ab.jpg"),
        ("-rf.jpg", "rf-0123456789ab.jpg"),
        ("日本.webp", "picture-0123456789ab.webp"),
    ],
)
def test_pictures_get_names_no_system_or_shell_minds(path, wanted):
    assert picture_name(path, "0123456789abcdef") == wanted


def test_a_picture_of_a_very_long_name_fits():
    assert len(picture_name("x" * 5000 + ".jpg", "0" * 64)) < 100

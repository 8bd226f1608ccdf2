from __future__ import annotations

from core.frames.labels import class_folder_labels

CLASSES = ["Apple", "hand saw", "Measuring-Tape"]


def test_a_folder_named_like_a_class_is_the_label_spelled_as_the_class():
    paths = ["apple/1.jpg", "Hand_Saw/2.jpg", "MEASURING TAPE/3.jpg", "Pear/4.jpg", "5.jpg"]

    labels = class_folder_labels(paths, CLASSES)

    assert labels == {
        "apple/1.jpg": "Apple",
        "Hand_Saw/2.jpg": "hand saw",
        "MEASURING TAPE/3.jpg": "Measuring-Tape",
    }


def test_the_nearest_folder_named_like_a_class_counts():
    paths = ["2026-03/Apple/cam 1/1.jpg", "Apple/hand-saw/2.jpg"]

    labels = class_folder_labels(paths, CLASSES)

    assert list(labels.values()) == ["Apple", "hand saw"]


def test_a_file_named_like_a_class_is_no_folder():
    assert class_folder_labels(["Apple", "cam1/Apple"], CLASSES) == {}


def test_classes_that_differ_only_in_marks_need_their_exact_name():
    labels = class_folder_labels(["a-b/1.jpg", "a_b/2.jpg", "A B/3.jpg"], ["a-b", "a_b"])

    assert labels == {"a-b/1.jpg": "a-b", "a_b/2.jpg": "a_b"}


def test_without_classes_two_flat_folders_are_labels():
    labels = class_folder_labels(["Apple/1.jpg", "Pear/2.jpg"], None)

    assert labels == {"Apple/1.jpg": "Apple", "Pear/2.jpg": "Pear"}


def test_without_classes_other_layouts_give_no_label():
    assert class_folder_labels(["Apple/1.jpg", "Apple/2.jpg"], None) == {}
    assert class_folder_labels(["Apple/1.jpg", "Pear/2.jpg", "3.jpg"], None) == {}
    assert class_folder_labels(["Apple/a/1.jpg", "Pear/b/2.jpg"], None) == {}
    assert class_folder_labels([], None) == {}

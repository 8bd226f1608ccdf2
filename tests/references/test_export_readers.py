"""Exports as the programs they are for read them: pycocotools and torchvision."""

from __future__ import annotations

import pytest

from core.workflows import export, export_folder, export_made


@pytest.fixture
def hand_over(tiny_project, tmp_path):
    def write(name: str):
        found = export.export(tiny_project, choice="frames")
        handed = export_made.plan(tiny_project, found, name)
        return export_folder.hand_over(tiny_project, handed, out=tmp_path / name), found.table

    return write


def test_pycocotools_reads_every_label(hand_over):
    from pycocotools.coco import COCO

    written, table = hand_over("coco")
    coco = COCO(str(written.path / "labels.json"))

    names = {one["id"]: one["name"] for one in coco.loadCats(coco.getCatIds())}
    assert {"red", "green", "blue", "purple"} == set(names.values())
    wanted = table.set_index("content_hash")["label_before"].dropna().to_dict()
    found = {}
    for annotation in coco.loadAnns(coco.getAnnIds()):
        (image,) = coco.loadImgs(annotation["image_id"])
        found[image["fieldcheck"]["content_hash"]] = names[annotation["category_id"]]
        assert coco.annToMask(annotation).all()  # the whole picture
        assert (written.path / "data" / image["file_name"]).is_file()
    assert found == wanted
    assert len(coco.getImgIds()) == table["content_hash"].nunique()


def test_torchvision_opens_coco_and_its_pictures(hand_over):
    from torchvision.datasets import CocoDetection

    written, table = hand_over("coco")
    data = CocoDetection(str(written.path / "data"), str(written.path / "labels.json"))

    assert len(data) == table["content_hash"].nunique()
    picture, boxes = data[0]
    assert picture.size == (64, 48)
    assert [one["bbox"] for one in boxes] in ([], [[0, 0, 64, 48]])


@pytest.mark.parametrize("name", ["class-folders", "yolo"])
def test_torchvision_reads_class_folders(name, hand_over):
    from torchvision.datasets import ImageFolder

    written, table = hand_over(name)
    roots = [written.path] if name == "class-folders" else [written.path / "train",
                                                            written.path / "val"]  # fmt: skip
    found = [ImageFolder(str(root)) for root in roots]

    labels = table.drop_duplicates("content_hash")["label_before"].dropna()
    assert sum(len(one) for one in found) == len(labels) == written.pictures
    counts = labels.value_counts().to_dict()
    total = {label: 0 for label in counts}
    for one in found:
        for _, place in one.samples:
            total[one.classes[place]] += 1
    assert total == counts

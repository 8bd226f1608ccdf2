"""Label Studio: tasks with their labels and the model's answers, and the labelling set-up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

import pandas as pd

from core.exports.layout import Row, class_list, json_bytes, of_row, rows_of

TASKS, CONFIG, CHOICES = "tasks.json", "config.xml", "choices.json"
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAG, _PICTURE = "label", "image"

README = """\
How to open this in Label Studio
1. Start it with LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true and
   LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT set to this folder.
2. Make a project; under Settings, Labeling Interface, Code, paste config.xml.
3. Under Settings, Cloud Storage, add a local storage at this folder's "data", and do not sync it.
4. Import tasks.json. Decided pictures are there as annotations, the model's answers as predictions.
5. When done, export as JSON and bring it back:  fieldcheck import FILE.json
"""


def tasks_documents(table: pd.DataFrame, classes: tuple[str, ...]) -> Mapping[str, bytes]:
    """
    tasks.json, config.xml, choices.json (which choice stands for which class) and README.txt.

    Only what a person decided is an annotation; a label that came with the data is a fact of the
    task, "label_before". The model's answer is a prediction with its confidence as the score.
    """
    choices = {name: choice_name(name) for name in class_list(table, classes)}
    tasks = [_task(number, row, choices) for number, row in enumerate(rows_of(table), start=1)]
    lines = "".join(f"    <Choice value={quoteattr(one)}/>\n" for one in choices.values())
    config = (
        f'<View>\n  <Image name="{_PICTURE}" value="$image" zoom="true"/>\n'
        f'  <Choices name="{_TAG}" toName="{_PICTURE}" choice="single" showInline="true">\n'
        f"{lines}  </Choices>\n</View>\n"
    )
    return {
        TASKS: json_bytes(tasks),
        CONFIG: config.encode("utf-8"),
        CHOICES: json_bytes({choice: name for name, choice in choices.items()}),
        "README.txt": README.encode("ascii"),
    }


def choice_name(name: str) -> str:
    """
    The choice that stands for a class: itself wherever XML and Label Studio leave it as it is.

    Letters XML has no place for are written as in web addresses; breaks and blanks at the ends
    would be lost, and 10,000 letters are no button: such a choice ends in the class's hash.
    """
    choice = " ".join(_NO_XML.sub(lambda found: quote(found[0], safe=""), name).split())[:200]
    if choice == name:
        return name
    return f"{choice}~{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def _task(number: int, row: Row, choices: Mapping[str, str]) -> Row:
    facts = of_row(row)
    task: dict[str, Any] = {
        "id": number,
        "data": {
            "image": f"/data/local-files/?d={quote(str(row['placed']))}",
            "path": f"{row['folder']}/{row['path']}",
            "label_before": row["label_before"],
            "content_hash": row["content_hash"],
            "fieldcheck": facts,
        },
        "annotations": [],
        "predictions": [],
    }
    if row["label_now"] is not None:
        task["annotations"] = [{"result": [_result(number, choices[row["label_now"]])]}]
    if row["leaning"] in choices:
        task["predictions"] = [
            {
                "model_version": row["model_id"] or "",
                "score": row["confidence"],
                "result": [_result(number, choices[row["leaning"]])],
            }
        ]
    return task


def _result(number: int, choice: str) -> Row:
    return {
        "id": f"choice-{number}",
        "from_name": _TAG,
        "to_name": _PICTURE,
        "type": "choices",
        "value": {"choices": [choice]},
    }

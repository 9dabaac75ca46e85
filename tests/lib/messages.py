"""messages.py - the texts of messages, by name: tests name a message, not its sentence.

message("too_long", label="Name", max=80) is what a page says; a placeholder without a
value stays.  ROWS are the rows of form/messages.h, in order.
"""
import os
import re
from collections import namedtuple

from harness import TOP

Row = namedtuple("Row", "name placeholders text")


def read_rows():
    with open(os.path.join(TOP, "framework", "form", "messages.h"), encoding="utf-8") as f:
        rows = re.findall(r'X\(\w+, "(\w+)", "([^"]*)",((?:[\s\\]*"[^"]*")+)\)', f.read())
    return [Row(name, placeholders.split(), "".join(re.findall('"([^"]*)"', text)))
            for name, placeholders, text in rows]


ROWS = read_rows()
TEXTS = {row.name: row.text for row in ROWS}


def within(label):
    """The label as it is written within a sentence."""
    return label[:1].lower() + label[1:] if not re.match("[A-Z]{2}", label) else label


def message(name, **values):
    if "label" in values:
        values["within"] = within(values["label"])
    return re.sub(r"\{(\w+)\}", lambda m: str(values.get(m[1], m[0])), TEXTS[name])

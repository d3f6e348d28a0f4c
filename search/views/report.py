"""report.html: one self-contained page of a run, readable without a network and in ten years.

The page is a template with its style, its script and the run's data set in. It may load nothing
(`default-src 'none'`) and runs exactly one script, named by its hash. Data is JSON in an inert
block; the script writes it to the page as text only.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from search.durable import replace_text
from search.record import RunRecord
from search.views import text
from search.views.page_data import facts, page_data, reads, result

SCRIPTS = (  # in order of use: later files call earlier ones
    "dom.js",
    "model.js",
    "python.js",
    "diff.js",
    "tree.js",
    "canvas.js",
    "curve.js",
    "table.js",
    "panel.js",
    "search.js",
    "main.js",
)
_INERT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def write_report(record: RunRecord, path: Path) -> None:
    """Writes the page; a reader sees the old or the new one, never half of one."""
    replace_text(path, render_report(record))


def render_report(record: RunRecord) -> str:
    """The page as text."""
    script = "".join(_asset(name) for name in SCRIPTS)
    script = f'(() => {{\n"use strict";\n{script}\n}})();\n'
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    data = page_data(record)
    return environment.from_string(_asset("page.html.j2")).render(
        run=data["run"],
        facts=facts(record),
        result=result(record),
        notes=[text.literal(note) for note in record.notes],
        faults=_faults(record),
        reads=reads(record),
        style=Markup(_asset("page.css")),
        script=Markup(script),
        script_hash=_hash(script),
        data=Markup(to_inert_json(data)),
    )


def _faults(record: RunRecord) -> list[dict[str, str]]:
    return [
        {
            "time": text.seconds(max(0.0, fault.at - record.started_at)),
            "step": str(fault.step),
            "attempt": str(fault.attempt),
            "reason": text.one_line(fault.reason, 2000),
        }
        for fault in record.faults
    ]


def to_inert_json(data: Any) -> str:
    """JSON that can stand in a script element: it holds no character that HTML could act on."""
    dumped = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return re.sub("[<>&\u2028\u2029]", lambda match: _INERT[match.group()], dumped)


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _asset(name: str) -> str:
    return resources.files("search.views.page").joinpath(name).read_text(encoding="utf-8")

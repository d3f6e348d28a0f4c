"""The files of a run that are made from its journal: run.json, best/ and report.html.

All of them can be made again at any time; each is replaced as a whole.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from search.durable import replaced_folder
from search.node import Node
from search.record import RunRecord
from search.run_folder import RunFolder, solution_name
from search.views.report import write_report

VERSIONS_OF = ("exitree", "numpy", "pandas", "scikit-learn", "networkx", "openai", "docker")


def refresh(folder: RunFolder) -> RunRecord:
    """Makes run.json and report.html anew and returns what they were made from."""
    record = RunRecord.open(folder.path)
    folder.write_summary(summary(record))
    write_report(record, folder.report_path)
    return record


def summary(record: RunRecord) -> dict[str, Any]:
    """run.json: status, what was spent, versions and the best node so far."""
    best = record.best
    if best is None and record.tree.best is not None:
        best = record.tree.best.id
    node = None if best is None else record.tree[best]
    return {
        "run_id": record.run_id,
        "competition": record.title,
        "status": record.status,
        "stop_reason": record.stop_reason,
        "policy": record.policy,
        "model": record.model,
        "sandbox": record.sandbox,
        "seed": record.seed,
        "metric": {"name": record.metric_name, "direction": record.direction.value},
        "started_at": record.started_at,
        "spend": {"seconds": record.elapsed_seconds, **record.usage.to_dict()},
        "num_nodes": len(record.tree),
        "best": best,
        "best_metric": node.metric.value if node and node.metric else None,
        "best_quality": node.quality if node else None,
        "summary": dict(record.best_summary),
        "notes": list(record.notes),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in VERSIONS_OF},
        },
    }


def write_best(
    folder: RunFolder, node: Node, language: str, submission: Path, summary: Mapping[str, str]
) -> None:
    """Puts the chosen solution, its submission and a note on both into best/, as a whole.

    Raises:
        RecordingError: it could not be written; an older best/ is still there.
    """
    solution = solution_name(language)
    with replaced_folder(folder.best_dir) as best:
        shutil.copyfile(submission, best / "submission.csv")
        (best / solution).write_bytes(node.content.encode("utf-8", errors="backslashreplace"))
        readme = _readme(folder, node.id, solution, summary)
        (best / "README.md").write_text(readme, encoding="utf-8")


def _readme(folder: RunFolder, node: int, solution: str, summary: Mapping[str, str]) -> str:
    facts = "\n".join(f"* {label}: {text}" for label, text in summary.items())
    return f"""# The answer of run {folder.run_id}

`{solution}` is the script of node {node}; `submission.csv` is what it wrote when it was
run on the full public data ("refit"). It was chosen on rows that the search never saw.

{facts}

To search again with the same settings (from the folder that holds `runs`):

    exitree search -c {folder.config_path}

To run the script by itself: in an empty folder, with the competition's public data as `input/`
(`exitree competitions prepare` prints where it is), `python {solution}`.
"""

"""Search an embedded competition from Python and look at what was found.

python examples/library.py [STEPS]
"""

from __future__ import annotations

import sys
from pathlib import Path

from competitions.registry import find
from sandbox.auto import open_sandbox
from sandbox.contract import Limits
from scaffold.competition_task import CompetitionTask
from scaffold.models.recipe import RecipeModel
from scaffold.session import run_search
from search.budget import Budget
from search.policies.greedy import Greedy


def main(num_steps: int) -> None:
    prepared = find("night-ferry").prepare(Path("data"))
    sandbox = open_sandbox("auto", num_workers=2)
    try:
        task = CompetitionTask(prepared=prepared, sandbox=sandbox, limits=Limits())
        run = run_search(
            task, RecipeModel(), Greedy(num_drafts=3), Budget(num_steps=num_steps), num_workers=2
        )
    finally:
        sandbox.close()
    print(run.to_frame()[["operator", "status", "metric", "quality"]])
    print("answer:", dict(run.record.best_summary))
    print("report:", run.report_path)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 12)

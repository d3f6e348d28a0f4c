"""The Docker engine goes away in the middle of a search: the steps are tried again, and no node
is called buggy for it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from engine_proxy import EngineProxy

from competitions.registry import find
from sandbox import Limits, open_sandbox
from scaffold.competition_task import CompetitionTask
from scaffold.models.scripted import ScriptedModel
from scaffold.session import run_search
from search.budget import Budget
from search.events import Event, StepFault, StepProgress
from search.node import Status
from search.policies.best_of_n import BestOfN

COMPETITIONS = Path(__file__).resolve().parents[2] / "examples" / "own_competition"
ANSWER = """Copy the sample, slowly.

```python
import shutil, time
time.sleep(0.5)
shutil.copyfile("input/sample_submission.csv", "submission.csv")
```
"""


class Cutter:
    """Cuts the engine off while step 1 runs, and brings it back once a fault was seen."""

    def __init__(self, proxy: EngineProxy) -> None:
        self.proxy, self.is_cut, self.num_faults = proxy, False, 0

    def notify(self, event: Event) -> None:
        if isinstance(event, StepProgress) and (event.step, event.phase) == (1, "running"):
            if not self.is_cut:
                self.is_cut = True
                threading.Timer(0.2, self.proxy.stop).start()
        elif isinstance(event, StepFault):
            self.num_faults += 1
            if self.num_faults == 1:
                self.proxy.start()


@pytest.mark.docker
def test_an_engine_gone_in_mid_run_costs_no_node(tmp_path: Path) -> None:
    prepared = find("lighthouse-bulbs", [COMPETITIONS]).prepare(tmp_path / "data")
    proxy = EngineProxy(tmp_path / "engine.sock")
    proxy.start()
    cutter = Cutter(proxy)
    try:
        with open_sandbox("docker", docker_url=proxy.url) as sandbox:
            task = CompetitionTask(prepared=prepared, sandbox=sandbox, limits=Limits())
            run = run_search(
                task,
                ScriptedModel.of_texts([ANSWER] * 4),
                BestOfN(),
                Budget(num_steps=4),
                runs_dir=tmp_path / "runs",
                observers=[cutter],
            )
    finally:
        proxy.stop()
    record = run.record
    assert cutter.num_faults >= 1
    assert [node.status for node in record.tree] == [Status.VALID] * 4
    assert record.faults[0].step == 1
    assert "unavailable" in record.faults[0].reason
    assert record.best is not None

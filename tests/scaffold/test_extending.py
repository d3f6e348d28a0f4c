"""docs/extending.md keeps its word: every example in it is found by name and works."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from trees import PlainTask, node, tree_of

from sandbox.contract import Limits, Workspace
from scaffold.config import ModelConfig, PolicyConfig, SandboxConfig
from scaffold.errors import ScaffoldError
from scaffold.models.registry import create_model
from scaffold.operators import PromptOperator
from scaffold.parser import parse
from scaffold.policies import create_policy
from scaffold.sandboxes import create_sandbox
from search.node import Expansion, Message, StepContext
from search.tree import SearchTree

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "extending.md"
EXAMPLE = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The document's examples as files on the import path."""
    examples = EXAMPLE.findall(DOCUMENT.read_text(encoding="utf-8"))
    assert len(examples) == 5
    for name, code in examples:
        (tmp_path / name).write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))


def test_the_policy() -> None:
    options = {"num_drafts": 2, "temperature": 0.01}
    policy = create_policy(PolicyConfig(name="my_policies:Annealing", options=options))
    assert policy.select(SearchTree(), Random(0)) == Expansion((), "draft")
    tree = tree_of(node(0), node(1, score=0.5))
    assert policy.select(tree, Random(0)) == Expansion((1,), "improve")


def test_the_operator_and_the_model() -> None:
    model = create_model(ModelConfig(name="my_models:Constant/0.5"))
    operator = PromptOperator(task=PlainTask(), model=model)
    context = StepContext(step=1, seed=0)
    expansion = Expansion((0,), "my_operators:SIMPLIFY")
    messages = operator.prompt(tree_of(node(0, score=0.5)), expansion, context)
    assert "half as long" in messages[1].content
    proposal = operator.propose(messages, context)
    assert proposal.problem is None
    assert "sample.iloc[:, 1:] = 0.5" in proposal.content


def test_the_sandbox_runs_what_the_model_writes(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    out.mkdir()
    (data / "sample_submission.csv").write_text("id,y\n1,0.0\n")
    model = create_model(ModelConfig(name="my_models:Constant/0.25"))
    [completion] = model.complete([Message("user", "go")])
    sandbox = create_sandbox(SandboxConfig(kind="my_sandboxes:Trusting"), 1)
    script = parse(completion.text).content
    result = sandbox.run(script, Workspace(data_dir=data, out_dir=out), Limits())
    sandbox.close()
    assert (result.status, result.output) == ("ok", "")
    assert (out / "submission.csv").read_text() == "id,y\n1,0.25\n"


def test_the_process_sandbox_is_one_of_the_built_in_ones() -> None:
    sandbox = create_sandbox(SandboxConfig(kind="process"), 1)
    assert sandbox.name == "process"
    sandbox.close()
    with pytest.raises(ScaffoldError, match="unknown sandbox 'dokcer'"):
        create_sandbox(SandboxConfig(kind="dokcer"), 1)

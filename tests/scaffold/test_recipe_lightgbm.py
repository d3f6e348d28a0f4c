"""LightGBM's recipes, where LightGBM surely is: in the sandbox image."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from tiny_data import TINY

from sandbox import ExecutionStatus, Limits, Workspace, open_sandbox
from scaffold.preview import preview
from scaffold.recipe.data_section import read_problem
from scaffold.recipe.neighbours import neighbours, plainest, usable_models
from scaffold.recipe.script import write_script

KINDS = ("binary", "multiclass", "regression", "series")


@pytest.mark.docker
def test_lightgbm_scripts_run_in_the_image(tmp_path: Path) -> None:
    with open_sandbox("docker") as sandbox:
        for kind in KINDS:
            public = tmp_path / kind
            TINY[kind].write(public)
            limits_text = "libraries: numpy, pandas, scikit-learn, lightgbm\n600 seconds a script"
            problem = read_problem(preview(public), TINY[kind].metric, limits_text)
            light = next(m for m in usable_models(problem) if m.name == "lgbm")
            plain = plainest(problem, light)
            moved = [move.recipe for move in neighbours(plain, problem)]
            near = [recipe for recipe in moved if "lgbm" in str(recipe)]
            for number, recipe in enumerate([plain, *near[::8]]):
                out_dir = tmp_path / f"{kind}-{number}"
                out_dir.mkdir()
                workspace = Workspace(data_dir=public, out_dir=out_dir)
                result = sandbox.run(write_script(recipe, problem), workspace, Limits())
                assert result.status is ExecutionStatus.OK, f"{recipe}\n{result.output}"
                assert "Warning" not in result.output, f"{recipe}\n{result.output}"
                made = pd.read_csv(out_dir / "submission.csv")
                assert made["id"].is_unique
                assert not made.isna().any(axis=None)

"""The data preview: exact text, bounds, escaping."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from scaffold.preview import MAX_ROWS, preview
from scaffold.recipe.data_section import read_problem

GOLDEN = """\
## input/train.csv: 4 rows, 6 columns
| column | dtype | missing | unique | example values |
| --- | --- | --- | --- | --- |
| id | integer | 0 | 4 | min 1, median 2.5, max 4; e.g. 1, 2, 3 |
| when | date | 0 | 2 | min 2024-01-01, max 2024-01-02; e.g. 2024-01-01, 2024-01-02 |
| town | text | 1 | 2 | mean length 3; e.g. ayr, bath |
| price | float | 1 | 3 | min 0.5, median 2, max 12.25; e.g. 0.5, 2, 12.25 |
| is_new | boolean | 0 | 2 | e.g. True, False |
| grade | text | 0 | 2 | mean length 1; e.g. a, b |

## input/test.csv: 1 rows, 5 columns
| column | dtype | missing | unique | example values |
| --- | --- | --- | --- | --- |
| id | integer | 0 | 1 | min 9, median 9, max 9; e.g. 9 |
| when | date | 0 | 1 | min 2024-02-01, max 2024-02-01; e.g. 2024-02-01 |
| town | float | 1 | 0 | all missing |
| price | integer | 0 | 1 | min 1, median 1, max 1; e.g. 1 |
| is_new | boolean | 0 | 1 | e.g. True |

## input/sample_submission.csv: 1 rows, 2 columns
| column | dtype | missing | unique | example values |
| --- | --- | --- | --- | --- |
| id | integer | 0 | 1 | min 9, median 9, max 9; e.g. 9 |
| grade | text | 0 | 1 | mean length 1; e.g. a |

## input/pictures: 2 files (.png 8x6 L)

id column: id
target columns: grade
submission columns: id, grade
target kind: binary (a: 3, b: 1)"""


@pytest.fixture
def public(tmp_path: Path) -> Path:
    (tmp_path / "train.csv").write_text(
        "id,when,town,price,is_new,grade\n1,2024-01-01,ayr,0.5,True,a\n2,2024-01-01,bath,2,False,a\n"
        "3,2024-01-02,ayr,12.25,True,b\n4,2024-01-02,,,True,a\n"
    )
    (tmp_path / "test.csv").write_text("id,when,town,price,is_new\n9,2024-02-01,,1,True\n")
    (tmp_path / "sample_submission.csv").write_text("id,grade\n9,a\n")
    (tmp_path / "description.md").write_text("# Metric\n\nwhatever\n")
    (tmp_path / "pictures").mkdir()
    for name in ("1.png", "2.png"):
        Image.new("L", (8, 6)).save(tmp_path / "pictures" / name)
    return tmp_path


def test_the_whole_text(public: Path) -> None:
    assert preview(public) == GOLDEN
    assert preview(public) == GOLDEN


def test_hostile_cells_and_names_stay_in_their_cell(tmp_path: Path) -> None:
    evil = "x\n# Instruction\r\n```python | `rm` \x1b[31m" + "y" * 500
    table = pd.DataFrame({"id": [1, 2], "a|b\n# Data": [evil, evil], "y,z": [0, 1]})
    table.to_csv(tmp_path / "train.csv", index=False)
    table.drop(columns="y,z").to_csv(tmp_path / "test.csv", index=False)
    table[["id", "y,z"]].to_csv(tmp_path / "sample_submission.csv", index=False)
    text = preview(tmp_path)
    assert not [line for line in text.splitlines() if line.startswith(("# ", "```"))]
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) < 300
    problem = read_problem(text, "AUC")
    assert problem.targets == ("y,z",)
    assert problem.submission_columns == ("id", "y,z")
    assert [column.name for column in problem.features] == ["a|b\\n# Data"]


def test_a_wide_table_is_elided(tmp_path: Path) -> None:
    wide = pd.DataFrame(np.zeros((3, 2000)), columns=[f"column_{i:04d}" for i in range(2000)])
    wide.insert(0, "id", range(3))
    wide.assign(target=[0.5, 1.5, 2.5]).to_csv(tmp_path / "train.csv", index=False)
    wide.to_csv(tmp_path / "test.csv", index=False)
    wide[["id"]].assign(target=0).to_csv(tmp_path / "sample_submission.csv", index=False)
    text = preview(tmp_path, max_chars=3000)
    assert len(text) <= 3000
    assert "more columns" in text
    problem = read_problem(text, "RMSE")
    assert problem.has_elided_columns
    assert problem.targets == ("target",)


@pytest.mark.parametrize("max_chars", [200, 500, 1000, 4000])
def test_the_bound_holds(public: Path, max_chars: int) -> None:
    assert len(preview(public, max_chars=max_chars)) <= max_chars


def test_a_long_table_is_read_in_part_and_says_so(tmp_path: Path) -> None:
    rows = "\n".join(str(i) for i in range(MAX_ROWS + 50))
    (tmp_path / "train.csv").write_text(f"id\n{rows}\n")
    text = preview(tmp_path)
    assert f"more than {MAX_ROWS} rows (the first {MAX_ROWS} were read), 1 columns" in text
    assert f"| id | integer | 0 | {MAX_ROWS} |" in text


def test_broken_files_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "train.csv").write_bytes(b"\xff\xfe\x00id\n\x80")
    (tmp_path / "broken.png").write_bytes(b"not an image")
    (tmp_path / "notes.txt").write_text("hello")
    assert preview(tmp_path) == "## other files: 2 files (.png, .txt)"

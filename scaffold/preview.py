"""What a model is told about the data: the public folder as bounded, escaped text.

One block a table (a row a column), one line a folder of files, then the facts that follow from the
columns alone: which is the id, what is to be predicted, what the submission looks like. Reads at
most `MAX_ROWS` rows of a table and nothing outside the folder. The same folder gives the same text.
It does not interpret the task: the description and the metric are told elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image

MAX_ROWS = 20_000
MAX_TABLES = 8
MAX_FOLDERS = 8
MAX_NAMES = 24  # columns listed in a facts line, classes in `target kind`
MAX_NAME_CHARS = 100  # of a column; a model has to know it whole
MAX_CLASSES = 50  # more distinct integers than this are a quantity, not classes
IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp"})
UNPREVIEWED = frozenset({"description.md"})
ESCAPES = str.maketrans({"\\": "\\\\", "|": "\\|", "`": "\\`", ",": "\\,"})


@dataclass(frozen=True, slots=True)
class Detail:
    """How much is told of a table; the preview steps down until its text fits."""

    max_columns: int
    max_examples: int


DETAILS = (Detail(80, 3), Detail(40, 3), Detail(24, 2), Detail(12, 2), Detail(6, 1), Detail(2, 1))


def preview(public: Path, *, max_chars: int = 6000) -> str:
    """The `# Data` section for a public folder, at most `max_chars` characters."""
    tables = _tables(public)
    facts = "\n".join(_facts(tables))[: max_chars // 2]
    folders = [line for _, line in zip(range(MAX_FOLDERS), _folders(public), strict=False)]
    text = ""
    for detail in DETAILS:
        blocks = [_describe(name, table, detail) for name, table in tables.items()]
        text = "\n\n".join([*blocks, *folders])
        if len(text) + len(facts) + 2 <= max_chars:
            break
    else:
        text = text[: max_chars - len(facts) - 6] + "\n..."
    return f"{text}\n\n{facts}" if facts else text


def escaped(value: object, limit: int = 40) -> str:
    """One cell as literal text: no line breaks, control characters, pipes or backticks."""
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(value)[: limit + 1])
    shown = text if len(text) <= limit else text[:limit] + "…"
    return shown.translate(ESCAPES)


def _tables(public: Path) -> dict[str, pd.DataFrame]:
    """The csv files at the top of the folder, train and test first."""
    first = ("train.csv", "test.csv", "sample_submission.csv")
    order = {name: i for i, name in enumerate(first)}
    paths = sorted(public.glob("*.csv"), key=lambda p: (order.get(p.name, len(order)), p.name))
    tables = {}
    for path in paths[:MAX_TABLES]:
        try:
            tables[path.name] = pd.read_csv(path, nrows=MAX_ROWS + 1, low_memory=False)
        except (ValueError, UnicodeDecodeError):  # not a table after all; listed with the files
            continue
    return tables


def _describe(name: str, table: pd.DataFrame, detail: Detail) -> str:
    rows = f"{len(table)} rows"
    if len(table) > MAX_ROWS:
        table = table.head(MAX_ROWS)
        rows = f"more than {MAX_ROWS} rows (the first {MAX_ROWS} were read)"
    lines = [
        f"## input/{escaped(name)}: {rows}, {table.shape[1]} columns",
        "| column | dtype | missing | unique | example values |",
        "| --- | --- | --- | --- | --- |",
    ]
    for column in table.columns[: detail.max_columns]:
        lines.append(_column_row(str(column), table[column], detail.max_examples))
    if (elided := table.shape[1] - detail.max_columns) > 0:
        lines.append(f"| ... {elided} more columns | | | | |")
    return "\n".join(lines)


def _column_row(name: str, values: pd.Series[Any], num_examples: int) -> str:
    kind = dtype_of(values)
    present = values.dropna()
    examples = ", ".join(_shown(v) for v in present.drop_duplicates().head(num_examples))
    notes = [*_summary(kind, present), f"e.g. {examples}" if examples else ""]
    told = "; ".join(note for note in notes if note)
    missing, unique = len(values) - len(present), present.nunique()
    return f"| {escaped(name, MAX_NAME_CHARS)} | {kind} | {missing} | {unique} | {told} |"


def _shown(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else escaped(value)


def dtype_of(values: pd.Series[Any]) -> str:
    """boolean, integer, float, date or text: the same word in every version of pandas."""
    if pd.api.types.is_bool_dtype(values):
        return "boolean"
    if pd.api.types.is_integer_dtype(values):
        return "integer"
    if pd.api.types.is_numeric_dtype(values):
        return "float"
    sample = values.dropna().head(200).astype(str)
    if (
        len(sample)
        and sample.str.fullmatch(r"\d{4}-\d{2}(-\d{2})?([T ]\d{2}:\d{2}(:\d{2})?)?").all()
    ):
        return "date"
    return "text"


def _summary(kind: str, present: pd.Series[Any]) -> list[str]:
    if present.empty:
        return ["all missing"]
    if kind in {"integer", "float"}:
        low, middle, high = present.min(), present.median(), present.max()
        return [f"min {low:.6g}, median {middle:.6g}, max {high:.6g}"]
    if kind == "date":
        return [f"min {escaped(present.min())}, max {escaped(present.max())}"]
    if kind == "text":
        return [f"mean length {present.astype(str).str.len().mean():.0f}"]
    return []


def _folders(public: Path) -> Iterator[str]:
    """One line a folder of files, and one for the other files at the top."""
    files: defaultdict[str, list[Path]] = defaultdict(list)
    for path in sorted(public.rglob("*")):
        folder = path.parent.relative_to(public).as_posix()
        is_told = folder == "." and (path.suffix == ".csv" or path.name in UNPREVIEWED)
        if path.is_file() and not is_told:
            files[folder].append(path)
    for folder, paths in sorted(files.items()):
        place = "other files" if folder == "." else f"input/{escaped(folder, MAX_NAME_CHARS)}"
        suffixes = sorted({path.suffix for path in paths})[:4]
        shown = f" {size}" if (size := _image_size(paths[0])) else ""
        kinds = ", ".join(escaped(s) or "no suffix" for s in suffixes)
        yield f"## {place}: {len(paths)} files ({kinds}{shown})"


def _image_size(path: Path) -> str:
    """`8x8 L` (width x height, mode) from the header of the first file, or nothing."""
    if path.suffix.lower() not in IMAGE_SUFFIXES:
        return ""
    try:
        with Image.open(path) as image:
            return f"{image.width}x{image.height} {image.mode}"
    except (OSError, ValueError, Image.DecompressionBombError):
        return ""


def _facts(tables: dict[str, pd.DataFrame]) -> Iterator[str]:
    """What follows from the three usual tables; nothing where one of them is missing."""
    train, test = tables.get("train.csv"), tables.get("test.csv")
    submission = tables.get("sample_submission.csv")
    if submission is None:
        return
    if test is not None and (ids := [c for c in submission.columns if c in test.columns]):
        yield f"id column: {_names(ids[:1])}"
    targets: list[str] = []
    if train is not None and test is not None:
        new = [c for c in train.columns if c not in test.columns]
        targets = [c for c in new if c in submission.columns] or new
        if targets:
            yield f"target columns: {_names(targets)}"
    yield f"submission columns: {_names(submission.columns)}"
    if train is not None and targets:
        yield f"target kind: {_target_kind(train[targets[0]])}"


def _names(columns: Any) -> str:
    names = [escaped(column, MAX_NAME_CHARS) for column in columns]
    more = [f"... {len(names) - MAX_NAMES} more"] if len(names) > MAX_NAMES else []
    return ", ".join([*names[:MAX_NAMES], *more])


def _target_kind(target: pd.Series[Any]) -> str:
    """`binary (0: 812, 1: 388)`, `multiclass, 3 classes (a: 9, ...)` or `numeric`."""
    present = target.dropna()
    if dtype_of(present) == "float" and not (present % 1 == 0).all():
        return "numeric"
    counts = present.value_counts().sort_index()
    if dtype_of(present) in {"integer", "float"} and len(counts) > MAX_CLASSES:
        return "numeric"
    shown = [f"{escaped(value)}: {count}" for value, count in counts.head(MAX_NAMES).items()]
    more = [f"... {len(counts) - MAX_NAMES} more"] if len(counts) > MAX_NAMES else []
    name = "binary" if len(counts) == 2 else f"multiclass, {len(counts)} classes"
    return f"{name} ({', '.join([*shown, *more])})"

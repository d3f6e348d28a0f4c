"""A run as a user of the library holds it: a folder, read anew whenever it is looked at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from search.record import RunRecord
from search.run_folder import RunFolder

if TYPE_CHECKING:
    import pandas as pd


class Run:
    """A run folder. Shows itself as a summary in a notebook."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def record(self) -> RunRecord:
        """What the run has recorded so far. Raises SearchError where it cannot be read."""
        return RunRecord.open(self.path)

    @property
    def best_dir(self) -> Path:
        """Solution, submission and a note on both; exists once the run has an answer."""
        return RunFolder(self.path).best_dir

    @property
    def report_path(self) -> Path:
        return RunFolder(self.path).report_path

    def to_frame(self) -> pd.DataFrame:
        """One row a node, indexed by node id."""
        from search.views.notebook import to_frame

        return to_frame(self.record)

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r})"

    def _repr_html_(self) -> str:
        from search.views.notebook import repr_html

        return repr_html(self.record)

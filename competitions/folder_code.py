"""Loads the functions a competition folder brings: `prepare:prepare`, `grade:grade`.

MLE-bench writes them as `mlebench.competitions.<id>.grade:grade`; the last part of the module name
is the file, always looked up in the competition's own folder. This is trusted code.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from competitions.errors import CompetitionError


def load_function(directory: Path, reference: str) -> Callable[..., Any]:
    """The function that `reference` ("module:function") names in the folder.

    Raises:
        CompetitionError: no such file or function, or the file cannot be imported.
    """
    module_name, _, function_name = reference.partition(":")
    path = directory / f"{module_name.rpartition('.')[2]}.py"
    if not path.is_file():
        raise CompetitionError(
            f"{directory.name}: `{reference}` needs {path}", hint="add the file, or fix config.yaml"
        )
    function = getattr(_import_file(path), function_name, None)
    if not callable(function):
        raise CompetitionError(
            f"{path} has no function `{function_name}`", hint=f"define it, or fix `{reference}`"
        )
    loaded: Callable[..., Any] = function
    return loaded


def _import_file(path: Path) -> Any:
    """Imports under a name of its own: two folders may both have a `grade.py`."""
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    name = f"exitree_competition_{digest}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None, "a .py file always has a loader"
    assert spec.loader is not None, "a .py file always has a loader"
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickle look their module up there
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # plugin loading: the folder's code runs here
        del sys.modules[name]
        raise CompetitionError(
            f"{path} cannot be imported: {type(error).__name__}: {error}",
            hint="correct the file, or install what it imports",
        ) from error
    return module

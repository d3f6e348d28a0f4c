"""From the settings of a sandbox to the sandbox, and what a script finds in it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import cast, get_args

from sandbox.auto import SandboxKind, open_sandbox
from sandbox.contract import ExecutionStatus, Limits, Sandbox, Workspace
from scaffold.config import SandboxConfig
from scaffold.naming import NameTable

KINDS = get_args(SandboxKind)
TABLE = NameTable(
    noun="sandbox",
    group="exitree.sandboxes",
    builtin={kind: "sandbox.auto:open_sandbox" for kind in KINDS},
)
LIBRARIES = (
    *("numpy", "pandas", "scipy", "scikit-learn", "pillow"),
    *("lightgbm", "xgboost", "catboost", "statsmodels", "torch", "transformers"),
)
LIBRARIES_SCRIPT = f"""\
import importlib.metadata, json
found = {{item.metadata["Name"].lower() for item in importlib.metadata.distributions()}}
print(json.dumps([name for name in {LIBRARIES!r} if name in found]))
"""


def create_sandbox(config: SandboxConfig, num_workers: int) -> Sandbox:
    """The sandbox that `config.kind` names; one of your own is a callable of the same arguments.

    Raises:
        ScaffoldError: the name is unknown.
        SandboxError: Docker was asked for and is not there.
    """
    factory = TABLE.load(config.kind)
    if config.kind in KINDS:
        return open_sandbox(
            cast("SandboxKind", config.kind),
            image=config.image,
            warm=config.warm,
            num_workers=num_workers,
        )
    return cast("Sandbox", factory(config, num_workers))


def installed_libraries(sandbox: Sandbox, data_dir: Path, limits: Limits) -> Sequence[str]:
    """Which of the libraries that the model may be told about can be imported in the sandbox.

    Asked by a script in the sandbox itself, so that a custom image tells its own; with the data
    and limits of the search, so that a warm cell is ready for the first step.

    Raises:
        SandboxError: the sandbox does not work.
    """
    from sandbox.errors import SandboxError

    with tempfile.TemporaryDirectory() as out_dir:
        workspace = Workspace(data_dir=data_dir, out_dir=Path(out_dir), collect=())
        result = sandbox.run(LIBRARIES_SCRIPT, workspace, limits)
    if result.status is not ExecutionStatus.OK:
        raise SandboxError(
            f"the {sandbox.name} sandbox does not work: {result.reason or result.output[-300:]}",
            hint="`exitree doctor` says what is missing",
        )
    names = json.loads(result.output.strip().splitlines()[-1])
    return tuple(str(name) for name in names)

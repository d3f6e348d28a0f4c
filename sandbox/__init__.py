"""Runs untrusted code: Docker (default) or local processes; limits; what happened.

with open_sandbox("auto", num_workers=2) as sandbox:
    result = sandbox.run(script, Workspace(data_dir=public, out_dir=out), Limits())
"""

from __future__ import annotations

from sandbox.auto import SandboxKind, open_sandbox
from sandbox.contract import ExecutionResult, ExecutionStatus, Limits, Sandbox, Workspace
from sandbox.errors import MissingEngineError, SandboxError

__all__ = [
    "ExecutionResult",
    "ExecutionStatus",
    "Limits",
    "MissingEngineError",
    "Sandbox",
    "SandboxError",
    "SandboxKind",
    "Workspace",
    "open_sandbox",
]

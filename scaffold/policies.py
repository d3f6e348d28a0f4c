"""From the settings of a policy to the policy."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import cast

from scaffold.config import PolicyConfig
from scaffold.errors import ScaffoldError
from scaffold.naming import NameTable, unknown_name
from search.policies import POLICIES
from search.protocols import Policy

TABLE = NameTable(noun="policy", group="exitree.policies", builtin=POLICIES)


def create_policy(config: PolicyConfig) -> Policy:
    """The policy that `config.name` names, with its options.

    Raises:
        ScaffoldError: the name or an option is unknown, or an option's value is wrong.
    """
    factory = TABLE.load(config.name)
    if is_dataclass(factory):
        known = [item.name for item in fields(factory)]
        for name in config.options:
            if name not in known:
                raise unknown_name(f"option of policy {config.name}", name, known)
    try:
        return cast("Policy", factory(**config.options))
    except (TypeError, ValueError) as error:
        raise ScaffoldError(
            f"policy {config.name} cannot be made: {error}",
            hint="see policy.options in docs/concepts.md",
        ) from error

"""From the name of a model to the model.

`recipe`, `openai/NAME`, `scripted/PATH`, an entry point's name, or `package.module:Object`.
What stands before the first slash names a factory, a callable from `ModelConfig` to `Model`; what
stands after it is for the factory to read (`ModelConfig.argument`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from scaffold.naming import NameTable

if TYPE_CHECKING:
    from scaffold.config import ModelConfig
    from scaffold.models.base import Model

MODELS = NameTable(
    noun="model",
    group="exitree.models",
    builtin={
        "recipe": "scaffold.models.registry:recipe_model",
        "openai": "scaffold.models.openai:from_config",
        "scripted": "scaffold.models.scripted:from_config",
    },
    more="a served model is openai/NAME, your own is package.module:Object",
)


def create_model(config: ModelConfig) -> Model:
    """The model that `config.name` names.

    Raises:
        ScaffoldError: the name is unknown, or the model cannot be made from these settings.
        MissingPrerequisiteError: a key is missing.
    """
    factory = MODELS.load(config.name.partition("/")[0])
    return cast("Model", factory(config))


def recipe_model(config: ModelConfig) -> Model:
    """The embedded model; it has no settings."""
    from scaffold.models.recipe import RecipeModel

    return RecipeModel()

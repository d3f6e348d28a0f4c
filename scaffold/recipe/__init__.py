"""Recipes: pipelines as one line of text, and the scikit-learn scripts they stand for.

recipe.py is the text form, grammar.py and vocabulary/ what may be said, mutation.py how one recipe
becomes another, script.py the code it stands for, prompt.py and problem.py what a prompt tells.
"""

"""ExIt learning from search trees. Empty for now: the search stands on its own."""

"""How well scores rank the cases of a task that is not binary: paired, over sets, in subgroups."""

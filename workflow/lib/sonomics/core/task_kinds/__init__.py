"""How each kind of task reads the outcome of a case, checks it, and shuffles it."""

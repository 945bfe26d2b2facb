"""Starting weights: the registry, the files they come in, and networks as plain tensors."""

"""The steps of a selection, one topic a module; each takes the features that are left and returns those that stay."""

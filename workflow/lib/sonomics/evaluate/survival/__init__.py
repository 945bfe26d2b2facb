"""Follow-up: risk groups, survival models, prediction at a horizon, treatment."""

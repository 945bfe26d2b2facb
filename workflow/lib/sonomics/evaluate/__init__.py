"""Phase 8: the only phase that sees test labels."""

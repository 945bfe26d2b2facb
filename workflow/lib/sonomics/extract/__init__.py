"""Phase 4: compute features of crops."""

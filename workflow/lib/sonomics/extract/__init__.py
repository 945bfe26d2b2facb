"""Phase 4: crops become features."""

"""Phase 9: the page."""

"""Phase 6: classifiers and networks, one fold at a time."""

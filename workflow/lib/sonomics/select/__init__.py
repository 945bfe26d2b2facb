"""Phase 5: folds, and the features kept inside each of them."""

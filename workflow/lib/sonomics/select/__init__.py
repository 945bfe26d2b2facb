"""Phase 5: folds, and the features kept in each of them."""

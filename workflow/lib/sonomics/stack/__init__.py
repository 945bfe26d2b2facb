"""Phase 7: image to case, stacking, calibration and frozen thresholds."""

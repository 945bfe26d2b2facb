"""Phase 3: turn readers' outlines into crops and masks."""

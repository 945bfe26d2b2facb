"""Phase 3: readers' outlines become crops and masks."""

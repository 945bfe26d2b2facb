"""Phase 2: exported exams become clean, screened images."""

"""Phase 1: exams leave their source, without metadata, and are listed."""

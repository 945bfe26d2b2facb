"""What every training job shares: its command line, the rows of a fold, the table that it writes for it."""

"""What every phase shares: tables, parameters, cohort, files, seeds, errors."""

"""Who was studied: baseline table, missing values, sample size and power."""

"""Clinical tables of the hospital, joined to the cohort."""

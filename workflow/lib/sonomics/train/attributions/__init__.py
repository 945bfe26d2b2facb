"""What raised or lowered the value that a classifier gives a case (SHAP)."""

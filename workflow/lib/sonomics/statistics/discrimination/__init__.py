"""How well a score ranks cases: AUC, ROC curve, their intervals and comparisons."""

"""Search for hyperparameters in inner folds of the training rows."""

"""How a network learns each kind of task: its head, what stops a fold, and the predictions of its probabilities."""

"""What a network learns of a task: a last layer, its loss, and the probabilities that its outputs stand for."""

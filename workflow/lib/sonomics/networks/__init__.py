"""Networks: architectures, weights, training and heat maps, shared by clean, extract and train."""

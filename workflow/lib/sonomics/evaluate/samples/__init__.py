"""The cases of a task next to their labels and to what the models say of them."""

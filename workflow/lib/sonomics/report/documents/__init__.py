"""Documents next to the page: model card, checklists, tables as Word and CSV, hashes of inputs."""

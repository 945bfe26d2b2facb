"""One simulated exam: which instances it has, and the pictures they show, as a scanner lays them out."""

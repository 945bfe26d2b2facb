"""What a network is given of every row: images one by one or joined, outlines, clinical variables."""

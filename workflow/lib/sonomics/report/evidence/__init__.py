"""What a study shows by itself of the things that reporting standards ask for."""

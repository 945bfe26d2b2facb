"""Rules that look at a study and answer what reporting standards ask."""

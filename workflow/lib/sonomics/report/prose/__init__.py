"""The methods of the study in plain English."""

"""Simulated patients: their latent risk, clinical values and outcomes, and readers' answers."""

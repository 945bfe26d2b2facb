"""Simulated tissue: liver, lesion, pelvis, adnexal mass, contrast agent, and outlines of them."""

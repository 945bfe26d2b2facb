"""What a study can choose by name: models, feature families, selection steps, sources, outline formats, stack methods.

Each kind is declared once, in one light module of its group. Between the phases and core: it imports no phase.
"""

"""sonomics: reproducible ultrasound deep-learning radiomics, from PACS to paper."""

__version__ = "0.1.0"

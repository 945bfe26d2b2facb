"""De-identification: header (DICOM PS3.15), pixels, pseudonyms, linkage, and the look at what left."""

"""Sources on disk: DICOM folders, ZIP files, pictures listed in a table."""

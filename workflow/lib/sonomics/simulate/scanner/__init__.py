"""The simulated scanner: devices, beam geometry, speckle, drawn marks, DICOM objects."""

"""Sources on the network: DICOMweb and DIMSE transfer, and the store of received originals."""

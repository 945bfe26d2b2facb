"""One task of one variant: what is read for it, and the analyses that it has."""

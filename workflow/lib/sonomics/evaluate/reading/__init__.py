"""The blinded package that goes out to readers, and the answers that come back."""

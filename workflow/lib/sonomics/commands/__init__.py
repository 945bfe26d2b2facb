"""The verbs of the `sonomics` command, a module each."""

"""How far a result holds: subgroups, variants, shuffled labels, single images."""

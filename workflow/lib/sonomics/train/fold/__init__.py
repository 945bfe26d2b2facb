"""What every training job of one fold shares: its command line, its rows, the table it writes."""

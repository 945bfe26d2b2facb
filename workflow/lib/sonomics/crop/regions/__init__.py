"""The region that is analysed, the crop around it, and a sheet of crops to look at."""

"""The commands, one module for each noun; heavy libraries are imported inside the commands that need them."""

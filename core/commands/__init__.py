"""The commands of the command line, a file each: its options, and the verb it calls."""

"""Where rows go: one file per format, written aside and put in place only when all of it is there."""

"""What all faces of pystatus share, whether they are lines, a screen or a page: texts, names, questions."""

"""An invented park with invented people, to try everything on."""

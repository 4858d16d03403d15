"""The county's records once more, as messy as they come: forms, old formats, odd spellings."""

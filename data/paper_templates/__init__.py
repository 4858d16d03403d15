"""How the shipped templates of the papers are laid out; `data/generate_templates.py` writes them."""

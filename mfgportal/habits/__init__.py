"""What people arrange for themselves: saved views, default plant, start page, theme, shortcuts."""

"""What we decide: routing, replenishment, placement and cartons. Pure code that production imports too."""

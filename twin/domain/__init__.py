"""What exists: orders, products, nodes, lanes, carriers and stock. Standard library only."""

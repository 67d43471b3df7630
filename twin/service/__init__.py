"""How other programs ask the twin's policies for decisions, and how the twin asks a service of somebody else's."""

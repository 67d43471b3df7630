"""What happens over time: the clock, demand, nodes, carriage, disruptions and the history. The only SimPy."""

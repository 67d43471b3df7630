"""What is done about disruptions: rules that begin and end with them."""

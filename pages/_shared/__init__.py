"""What pages share: the router, the local server, components, state and widgets."""

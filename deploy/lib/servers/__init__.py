"""Private servers on free loopback ports, for the quickstart and for the tests."""

"""A port of loopback for a server that a test starts."""

import random
import socket


def free_port():
    """Below those that the kernel gives to connections, so that none takes it before the server does."""
    while True:
        port = random.randrange(10_000, 20_000)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue

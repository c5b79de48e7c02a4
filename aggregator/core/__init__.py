"""The decisions. The rule of this room: bytes and dataclasses in, dataclasses and bytes out.

Nothing here opens a file or a socket, reads a clock, asks a database or draws a random number:
whatever a decision needs is handed to it, so that every decision can be tested with plain values.
"""

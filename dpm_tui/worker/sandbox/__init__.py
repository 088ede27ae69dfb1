"""The sandbox that decoders are locked in, and a trial of what it keeps them from."""

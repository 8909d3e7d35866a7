"""The reference of the system's outside, made from the code: `docs/rpc.md` and `docs/asyncapi.yaml`."""

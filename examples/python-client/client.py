"""Asks a driftless agent in another language: what it says of itself, its changes, its health, the text of a script.

It is the machine whose identity folder it is given, so that machine must be paired with the peer. See README.md.
"""

import argparse
import hashlib
import json
import socket
import ssl
import sys
from pathlib import Path

try:
    import tomllib
except ModuleNotFoundError:  # before Python 3.11
    import tomli as tomllib

import grpc

PROTO = Path(__file__).resolve().parents[2] / "proto"
# The health protocol's folder by itself: `grpc/health` would be looked for inside the package grpc.
sys.path[:0] = [str(PROTO), str(PROTO / "grpc" / "health" / "v1")]
messages, services = grpc.protos_and_services("driftless/v1/peer.proto")
health, health_services = grpc.protos_and_services("health.proto")

# Protocol versions that this client speaks; sent with each call.
PROTOCOL = (("driftless-protocol", "1-1"),)
# Every certificate carries this name, for libraries that insist on one.
HOST_NAME = "driftless"
MAX_SCRIPT = 64 * 1024 * 1024


def pinned_certificate(certs, address, pin):
    """Fetches the certificate that answers at an address, and takes it only if it is the pinned one."""
    host, _, port = address.rpartition(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the pin is compared below; nothing has been said until then
    context.set_alpn_protocols(["h2"])
    context.load_cert_chain(certs / "cert.pem", certs / "key.pem")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=5) as tcp:
        with context.wrap_socket(tcp) as tls:
            certificate = tls.getpeercert(binary_form=True)
    if hashlib.sha256(certificate).hexdigest() != pin:
        sys.exit(f"another certificate than the pinned one answers at {address}")
    return ssl.DER_cert_to_PEM_cert(certificate).encode()


def connect(certs, peer):
    """A channel to a peer, over TLS 1.3 with both certificates."""
    known = tomllib.loads((certs / "peers" / f"{peer}.toml").read_text(encoding="utf-8"))
    address = known["addresses"][0]
    credentials = grpc.ssl_channel_credentials(
        root_certificates=pinned_certificate(certs, address, known["certificate"]),
        private_key=(certs / "key.pem").read_bytes(),
        certificate_chain=(certs / "cert.pem").read_bytes(),
    )
    options = [("grpc.ssl_target_name_override", HOST_NAME), ("grpc.max_receive_message_length", 4 * 1024 * 1024)]
    return grpc.secure_channel(address, credentials, options)


def describe(stub):
    said = stub.Describe(messages.DescribeRequest(), timeout=30, metadata=PROTOCOL)
    return {
        "machine": said.machine,
        "version": said.driftless_version,
        "protocol": [said.min_protocol, said.max_protocol],
        "postgresql": said.server_major,
        "fingerprint": said.fingerprint.hex(),
        "facts": said.facts,
        "journal": said.head.seq,
    }


def watch(stub, events):
    # No timeout for the call: a sign of life comes every 5 seconds.
    for number, event in enumerate(stub.Watch(messages.WatchRequest(), metadata=PROTOCOL), 1):
        print(json.dumps({"journal": event.head.seq, "fingerprint": event.fingerprint.hex()}), flush=True)
        if number == events:
            return


def healthy(channel):
    """The standard's health protocol: whether the peer can ask its database."""
    said = health_services.HealthStub(channel).Check(health.HealthCheckRequest(), timeout=30)
    return health.HealthCheckResponse.ServingStatus.Name(said.status)


def applied(stub):
    """The applied scripts by name, each with the checksum of its text: read from the journal, page by page."""
    found, after = {}, 0
    while True:
        more = None
        request = messages.JournalRequest(after_seq=after, limit=1000)
        for part in stub.Journal(request, timeout=60, metadata=PROTOCOL):
            kind = part.WhichOneof("part")
            if kind == "entry":
                after = part.entry.seq
                event = part.entry.WhichOneof("event")
                if event in ("applied", "repaired", "marked"):
                    said = getattr(part.entry, event)
                    found[said.script] = said.checksum
                elif event == "reset":
                    found.clear()
            elif kind == "end":
                more = part.end.more
        if more is None:
            sys.exit("the journal was cut off")
        if not more:
            return found


def script(stub, name):
    checksum = applied(stub).get(name)
    if not checksum:
        sys.exit(f"the peer has not applied {name}")
    text = bytearray()
    request = messages.ScriptRequest(name=name, checksum=checksum)
    for chunk in stub.Script(request, timeout=60, metadata=PROTOCOL):
        text += chunk.data
        if len(text) > MAX_SCRIPT:
            sys.exit("a script without end")
    if hashlib.sha256(text).digest() != checksum:
        sys.exit("the text that came is not the one that was applied there")
    return bytes(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--certs", type=Path, default=Path("certs"), help="the identity folder of a paired machine")
    parser.add_argument("--peer", required=True, help="the peer's name there")
    what = parser.add_subparsers(dest="what", required=True)
    what.add_parser("describe")
    what.add_parser("health")
    what.add_parser("watch").add_argument("--events", type=int, default=0)
    what.add_parser("script").add_argument("name")
    arguments = parser.parse_args()
    with connect(arguments.certs, arguments.peer) as channel:
        stub = services.PeerStub(channel)
        try:
            if arguments.what == "describe":
                print(json.dumps(describe(stub), ensure_ascii=False))
            elif arguments.what == "health":
                print(healthy(channel))
            elif arguments.what == "watch":
                watch(stub, arguments.events)
            else:
                sys.stdout.buffer.write(script(stub, arguments.name))
        except grpc.RpcError as error:
            sys.exit(f"{error.code().name}: {error.details()}")


if __name__ == "__main__":
    main()

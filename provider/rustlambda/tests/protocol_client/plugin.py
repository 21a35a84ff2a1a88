"""Starts a provider as HashiCorp's go-plugin does, and calls it over mutual TLS."""

import base64
import datetime
import os
import signal
import socket
import subprocess

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

COOKIE = {
    "TF_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
}
# A test that hangs must fail.
LIMIT = 60
PROVIDER = "tfplugin6.Provider"
# Terraform's own limit, 256 MiB.
MESSAGE = 256 << 20


class Plugin:
    """A provider that runs, with a connection to it."""

    def __init__(self, wire, program, environment=(), stderr=None):
        self.wire = wire
        self.key, certificate = client_certificate()
        self.certificate = certificate
        self.process = subprocess.Popen(
            [program],
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("TF_")},
                **COOKIE,
                "PLUGIN_PROTOCOL_VERSIONS": "5,6",
                "PLUGIN_CLIENT_CERT": certificate.decode(),
                **dict(environment),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
        line = self.process.stdout.readline().decode()
        core, protocol, self.network, self.address, kind, server = line.rstrip("\n").split("|")
        assert (core, protocol, kind) == ("1", "6", "grpc"), line
        # Go reads it without padding.
        der = base64.b64decode(server + "=" * (-len(server) % 4))
        self.server = x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)
        self.channel = self.connect(self.key, self.certificate)

    def connect(self, key=None, certificate=None):
        """A connection with this certificate."""
        target = f"unix:{self.address}" if self.network == "unix" else self.address
        credentials = grpc.ssl_channel_credentials(self.server, key, certificate)
        options = [
            ("grpc.ssl_target_name_override", "localhost"),
            ("grpc.max_receive_message_length", MESSAGE),
            ("grpc.use_local_subchannel_pool", 1),
        ]
        return grpc.secure_channel(target, credentials, options)

    def call(self, call, /, service=PROVIDER, channel=None, **fields):
        """Calls and waits for the answer."""
        path, request, response = self.wire.call(service, call)
        call = (channel or self.channel).unary_unary(
            path,
            request_serializer=request.SerializeToString,
            response_deserializer=response.FromString,
        )
        return call(request(**fields), timeout=LIMIT)

    def raw(self, path, message=b""):
        """Calls a path that is none of the protocol's, and gives the status."""
        call = self.channel.unary_unary(path)
        try:
            call(message, timeout=LIMIT)
        except grpc.RpcError as error:
            return error.code()
        return grpc.StatusCode.OK

    def silent_client(self):
        """Connects, and says nothing."""
        if self.network == "unix":
            client = socket.socket(socket.AF_UNIX)
            client.connect(self.address)
        else:
            host, port = self.address.split(":")
            client = socket.create_connection((host, int(port)))
        client.setblocking(False)
        return client

    def shutdown(self):
        """Ends it as go-plugin does, and gives its exit code."""
        self.call("Shutdown", service="plugin.GRPCController")
        self.channel.close()
        return self.process.wait(LIMIT)

    def terminate(self):
        """Ends it by a signal, and gives its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LIMIT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.channel.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def client_certificate():
    """A key of P-521 and a certificate that is its own authority, as go-plugin's AutoMTLS has it."""
    key = ec.generate_private_key(ec.SECP521R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "localhost"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "HashiCorp"),
        ]
    )
    now = datetime.datetime.now(datetime.timezone.utc)
    usages = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    usage = {
        "digital_signature": True,
        "key_encipherment": True,
        "key_agreement": True,
        "key_cert_sign": True,
    }
    others = ("content_commitment", "data_encipherment", "crl_sign", "encipher_only", "decipher_only")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(seconds=30))
        .not_valid_after(now + datetime.timedelta(hours=262980))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage, **dict.fromkeys(others, False)), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA512())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    return pem, certificate.public_bytes(serialization.Encoding.PEM)

"""Certificates for servers of the tests, from an authority made on the spot with openssl.

    authority = Authority(folder)
    authority.path                                        what a client is to trust
    authority.certificate()                               for mail.example, localhost and 127.0.0.1
    authority.certificate("wrong-name", names=["DNS:elsewhere.example"])
    authority.certificate("expired", expired=True)
    authority.self_signed()
"""

import pathlib
import ssl
import subprocess

NAMES = ("DNS:mail.example", "DNS:localhost", "IP:127.0.0.1")
CONFIG = """
[ca]
default_ca = authority
[authority]
database = {folder}/index
rand_serial = yes
new_certs_dir = {folder}
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
default_days = 3650
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = any
[ca_extensions]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[server]
extendedKeyUsage = serverAuth
subjectAltName = {names}
"""
ELLIPTIC = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
RSA = ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
EXPIRED = ("-startdate", "20200101000000Z", "-enddate", "20200201000000Z")


class Certificate:
    def __init__(self, path, key):
        self.path, self.key = path, key

    def server_context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path, self.key)

        def remember(connection, name, _):
            connection.asked_name = name

        context.sni_callback = remember
        return context


class Authority:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "index").touch()
        self.path = self.folder / "ca.pem"
        self.sign_itself("ca", "ca_extensions", "tests")

    def openssl(self, *words, **more):
        return subprocess.run(["openssl", *map(str, words)], check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, **more).stdout

    def configure(self, names):
        path = self.folder / "openssl.cnf"
        path.write_text(CONFIG.format(folder=self.folder, names=", ".join(names)))
        return path

    def key(self, name, rsa=False):
        path = self.folder / f"{name}.key"
        self.openssl("genpkey", "-out", path, *(RSA if rsa else ELLIPTIC))
        return path

    def sign_itself(self, name, extensions, subject, names=NAMES):
        key, path = self.key(name), self.folder / f"{name}.pem"
        self.openssl("req", "-new", "-x509", "-days", 3650, "-config", self.configure(names), "-extensions",
                     extensions, "-key", key, "-subj", f"/CN={subject}", "-out", path)
        return Certificate(path, key)

    def self_signed(self):
        return self.sign_itself("self-signed", "server", "mail.example")

    def certificate(self, name="server", names=NAMES, expired=False, rsa=False):
        key, path, config = self.key(name, rsa), self.folder / f"{name}.pem", self.configure(names)
        request = self.openssl("req", "-new", "-config", config, "-key", key, "-subj", "/CN=mail.example")
        self.openssl("ca", "-batch", "-config", config, "-extensions", "server", "-notext", "-in", "/dev/stdin",
                     "-out", path, *(EXPIRED if expired else ()), input=request)
        return Certificate(path, key)

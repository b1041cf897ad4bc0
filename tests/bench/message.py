"""Writes a message of about 5 KB: 25 header fields, text and a small PDF."""

import base64
import sys

lines = ["Return-Path: <alice@crepes.fr>"]
for hop in range(6):
    lines.append(f"Received: from mail{hop}.crepes.fr (mail{hop}.crepes.fr [192.0.2.{hop}])\n"
                 f"\tby mx{hop}.hamburger.edu with ESMTPS id 4Dx{hop}Yz;\n"
                 f"\tFri, 20 Nov 2026 12:00:0{hop} +0100 (CET)")
lines += [
    "From: =?utf-8?q?Alice_=C3=9C?= <alice@crepes.fr>",
    "To: Bob <bob@hamburger.edu>, \"Carol, C.\" <carol@hamburger.edu>",
    "Subject: =?utf-8?b?Q3LDqnBlcyBhdCBub29u?=",
    "Date: Fri, 20 Nov 2026 12:00:00 +0100",
    "Message-ID: <20261120.1@crepes.fr>",
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=\"=_b\"",
]
lines += [f"X-Header-{n}: some value of a header field, {n}" for n in range(12)]
lines += ["", "--=_b", "Content-Type: text/plain; charset=utf-8", "",
          "Are crêpes better than hamburgers?\n" * 30, "--=_b",
          "Content-Type: application/pdf; name=menu.pdf",
          "Content-Transfer-Encoding: base64", "",
          base64.encodebytes(bytes(range(256)) * 6).decode(), "--=_b--", ""]
sys.stdout.buffer.write("\n".join(lines).encode())

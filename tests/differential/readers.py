"""What readers make of a message, in one form: mailtool, Python's email, GMime."""

import dataclasses
import datetime
import email
import email.header
import email.policy
import email.utils
import hashlib
import json
import subprocess
import typing

from generator import Part


@dataclasses.dataclass
class Reading:
    parts: list
    subject: typing.Optional[str]
    addresses: dict
    date: typing.Optional[datetime.datetime]
    rules: tuple = ()  # mailtool: the defects


def mailtool(program, paths):
    """One Reading a path; the program is called once."""
    done = subprocess.run([program, "parse", "--json", *paths], stdout=subprocess.PIPE)
    if done.returncode != 0:
        raise SystemExit(f"mailtool parse --json: status {done.returncode}")
    readings = {}
    for line in done.stdout.splitlines():
        entry = json.loads(line)
        if entry["type"] != "message":
            continue
        depths, parts = {}, []
        for part in entry["parts"]:
            depths[part["id"]] = 0 if part["parent"] is None else depths[part["parent"]] + 1
            parts.append(Part(depths[part["id"]], part["type"], part["name"] or "", part.get("sha256")))
        addresses = {field: [(one["name"] or "", one["address"]) for one in entry[field]] for field in ("from", "to", "cc")}
        date = datetime.datetime.fromisoformat(entry["date"].replace("Z", "+00:00")) if entry["date"] else None
        readings[entry["source"]] = Reading(parts, entry["subject"], addresses, date,
                                            tuple(defect["rule"] for defect in entry["defects"]))
    return [readings.get(path) for path in paths]


def python(octets, policy=email.policy.default):
    message = email.message_from_bytes(octets, policy=policy)
    parts = []

    def visit(part, depth):
        inside = part.get_payload() if part.is_multipart() else None
        # Text that Python splits into blocks of fields is one leaf to all others.
        leaf = None if inside is not None else hashlib.sha256(part.get_payload(decode=True) or b"").hexdigest()
        parts.append(Part(depth, part.get_content_type(), part.get_filename() or "", leaf))
        for child in inside or ():
            visit(child, depth + 1)

    visit(message, 0)
    addresses, date = {}, None
    for field in ("from", "to", "cc"):
        values = message.get_all(field, [])
        if policy is email.policy.compat32:
            addresses[field] = [(decoded(name), address) for name, address in email.utils.getaddresses(values[:1])]
        else:
            addresses[field] = [(one.display_name, one.addr_spec) for value in values[:1] for one in value.addresses]
    try:
        date = email.utils.parsedate_to_datetime(str(message["date"])) if message["date"] else None
    except ValueError:
        pass
    subject = message["subject"]
    if policy is email.policy.compat32:
        subject = decoded(subject)
    return Reading(parts, None if subject is None else str(subject), addresses, date)


def decoded(value):
    return None if value is None else str(email.header.make_header(email.header.decode_header(value)))


def text(word):
    return "" if word == "-" else bytes.fromhex(word).decode()


def gmime(program, paths):
    done = subprocess.run([program, *paths], stdout=subprocess.PIPE, check=True, text=True)
    readings = []
    for line in done.stdout.splitlines():
        kind, *words = line.split(" ")
        if kind == "M":
            readings.append(Reading([], None, {"from": [], "to": [], "cc": []}, None))
        reading = readings[-1]
        if kind == "S":
            reading.subject = text(words[0])
        elif kind == "A":
            reading.addresses[words[0]].append((text(words[1]), text(words[2])))
        elif kind == "D":
            reading.date = datetime.datetime.fromisoformat(words[0])
        elif kind == "P":
            reading.parts.append(Part(int(words[0]), words[1].lower(), text(words[2]), None if words[3] == "-" else words[3]))
    return readings

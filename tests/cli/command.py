"""Runs the command; makes and reads the files that the tests need. Python's library only."""

import json
import os
import pathlib
import pty
import re
import shutil
import struct
import subprocess
import tempfile
import unittest

COLONNADE = os.environ["COLONNADE"]
MODEL = pathlib.Path(os.environ["COLONNADE_MODEL"]) / "model.yaml"
GRAPH = MODEL.with_name("pointpillar.onnx")
SWEEP = pathlib.Path(os.environ["COLONNADE_SWEEP"])

FINE, SOME_FAILED, WRONG_USE = 0, 1, 2


class CommandTest(unittest.TestCase):
    """Each test in a folder of its own."""

    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="colonnade-cli-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return self.folder / name

    def write(self, name, content):
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def cloud(self, name, points=None):
        """A KITTI cloud of (x, y, z, intensity); the nearest part of the sample sweep if None."""
        if points is None:
            return self.write(name, SWEEP.read_bytes())
        return self.write(name, b"".join(struct.pack("<4f", *point) for point in points))

    def run_command(self, *words, **options):
        return subprocess.run([COLONNADE, *map(os.fspath, words)], capture_output=True,
                              cwd=self.folder, timeout=120, check=False, **options)

    def fork_on_terminal(self):
        """pty.fork(); skips the test in a container without /dev/pts."""
        try:
            return pty.fork()
        except OSError as error:
            return self.skipTest(f"no terminal to be had: {error}")

    def run_fine(self, *words):
        """Its standard output as text; nothing may be on standard error."""
        done = self.run_command(*words)
        self.assertEqual((done.returncode, done.stderr.decode()), (FINE, ""), words)
        return done.stdout.decode()

    def detect_json(self, *words):
        return [json.loads(line) for line in self.run_fine("detect", *words, "--json").splitlines()]

    def assert_refused(self, status, *words, says=()):
        """That it ends with `status` and one plain line on standard error that says all of that."""
        done = self.run_command(*words)
        message = done.stderr.decode(errors="replace")
        self.assertEqual(done.returncode, status, (words, message))
        self.assertRegex(message, r"\Acolonnade[^\n]*: [^\n]+\n\Z", words)
        self.assertTrue(message[:-1].isprintable(), repr(message))
        self.assertIsNone(re.search(r"terminate|std::|exception|basic_string", message), message)
        for part in [says] if isinstance(says, (str, pathlib.Path)) else says:
            self.assertIn(str(part), message)
        return done.stdout.decode()


def write_npy(path, shape, descr, data):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (descr, tuple(shape))
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data)
    return path


def read_npy(path):
    """(shape, descr, bytes)"""
    content = path.read_bytes()
    length, = struct.unpack("<H", content[8:10])
    header = eval(content[10:10 + length], {})  # pylint: disable=eval-used
    return header["shape"], header["descr"], content[10 + length:]


def _varint(content, at):
    value = shift = 0
    while True:
        value |= (content[at] & 127) << shift
        shift += 7
        at += 1
        if content[at - 1] < 128:
            return value, at


def _to_varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def _fields(message):
    """(number, value) of a protobuf message; value is a number or bytes."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        value, at = _varint(message, at)
        if key & 7 == 2:
            value, at = message[at:at + value], at + value
        yield key >> 3, value


def _field(number, value):
    if isinstance(value, int):
        return _to_varint(number << 3) + _to_varint(value)
    return _to_varint(number << 3 | 2) + _to_varint(len(value)) + value


def _rewritten(message, number, change):
    return b"".join(_field(n, change(v) if n == number else v) for n, v in _fields(message))


def with_changed_weights(model, name, change):
    """An ONNX model with the raw data of the initializer `name` replaced by change(data)."""
    found = []

    def rewrite(tensor):
        if dict(_fields(tensor)).get(8) != name.encode():
            return tensor
        found.append(name)
        return _rewritten(tensor, 9, change)

    changed = _rewritten(model, 7, lambda graph: _rewritten(graph, 5, rewrite))
    assert found, f"no initializer {name}"
    return changed


def with_external_data(model, location):
    """An ONNX model with its float32 initializers' raw data moved to `location`: (model, data)."""
    data = bytearray()

    def move(tensor):
        fields = list(_fields(tensor))
        raw = dict(fields).get(9)
        if raw is None or dict(fields)[2] != 1:
            return tensor
        entries = {"location": location, "offset": str(len(data)), "length": str(len(raw))}
        data.extend(raw)
        external = [(13, _field(1, key.encode()) + _field(2, value.encode()))
                    for key, value in entries.items()]
        return b"".join(_field(*f) for f in [f for f in fields if f[0] != 9] + external + [(14, 1)])

    changed = _rewritten(model, 7, lambda graph: _rewritten(graph, 5, move))
    return changed, bytes(data)


def png_size(path):
    """(width, height), after a look at every chunk's checksum."""
    import zlib
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n", path
    at, size, data, kinds = 8, None, b"", []
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at:at + 8])
        body = content[at + 8:at + 8 + length]
        checksum, = struct.unpack(">I", content[at + 8 + length:at + 12 + length])
        assert checksum == zlib.crc32(kind + body), (path, kind)
        if kind == b"IHDR":
            size = struct.unpack(">II", body[:8])
        if kind == b"IDAT":
            data += body
        kinds.append(kind)
        at += 12 + length
    assert kinds[0] == b"IHDR" and kinds[-1] == b"IEND", kinds
    rows = zlib.decompress(data)
    assert len(rows) == size[1] * (1 + 3 * size[0]), (size, len(rows))
    return size

"""Things to upload, and how."""
import http.client
import json
import os

import pioneer


def document(size: int) -> bytes:
    """A PDF of one page (ISO 32000-1) with so many bytes that nobody can pack."""
    noise = os.urandom(size)
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Resources << /XObject << /Noise 4 0 R >> >> >>",
               b"<< /Type /XObject /Subtype /Image /Width %d /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length %d >>\n"
               b"stream\n%s\nendstream" % (size, size, noise)]
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + table + b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def upload(node: pioneer.Pioneer, token: str, content: bytes) -> str:
    """The blob's name. Raises Refused."""
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=60)
    try:
        connection.request("POST", "/api/v1/blobs", content,
                           {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"})
        answer = connection.getresponse()
        told = json.loads(answer.read())
    finally:
        connection.close()
    if answer.status >= 400:
        raise pioneer.Refused(answer.status, told)
    return told["blob"]

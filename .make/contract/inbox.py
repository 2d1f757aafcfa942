"""Where callbacks arrive: a listener on the loopback that counts them."""

import collections
import http.server
import threading

counts = collections.Counter()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        refuse = self.path.startswith("/refuse")
        counts["refused" if refuse else "delivered"] += 1
        counts[self.headers.get("Content-Type", "")] += 1
        self.send_response(500 if refuse else 204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def listen(port):
    """Serves until the program ends; returns the address that accepts and the one that refuses."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    return base + "/results", base + "/refuse"

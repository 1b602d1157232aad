"""nginx and nghttpx between a client and a server: in the foreground, unprivileged, all they write in a folder of
the test's own."""
import os
import shutil
import signal
import socket
import subprocess
import time

import processes

NGINX = """
{user}
daemon off;
master_process off;
pid nginx.pid;
error_log error.log error;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    client_max_body_size 0;
    large_client_header_buffers 4 32k;
    http2_max_concurrent_streams 4096;
    keepalive_requests 1000000;
    upstream server {{
        server {upstream};
        keepalive 8;
    }}
    server {{
        listen {address} http2 {front};
        location / {{
            grpc_pass {scheme}://server;
            grpc_buffer_size 64k;
        }}
    }}
}}
"""

# Who it is, whom it trusts, and who the server has to be.
FRONT = """ssl;
        ssl_certificate {certs}/server.pem;
        ssl_certificate_key {certs}/server.key;
        ssl_client_certificate {certs}/ca.pem;
        ssl_verify_client on;
        grpc_ssl_certificate {certs}/client.pem;
        grpc_ssl_certificate_key {certs}/client.key;
        grpc_ssl_trusted_certificate {certs}/ca.pem;
        grpc_ssl_verify on;
        grpc_ssl_server_name on;
        grpc_ssl_name server.tern.test"""


def program(name):
    """Debian's servers are in sbin, which need not be in everybody's PATH."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not path:
        raise RuntimeError(f"there is no {name}: tools/setup test")
    return path


def bound_port():
    """A port that nobody else is given by the kernel while it is bound here, and that who listens with SO_REUSEADDR
    may have all the same."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", 0))
    return bound


class Proxy:
    """One that hands everything on to `upstream`, "127.0.0.1:PORT", and is itself at `address`. With `certs`, a folder of
    tools/certs, by TLS on both sides."""

    def __init__(self, upstream, certs=None):
        self.certs = certs
        self.bound = bound_port()
        self.port = self.bound.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.folder = processes.scratch()
        self.process = subprocess.Popen(self.command(upstream))
        self.wait_until_it_listens()

    def wait_until_it_listens(self):
        end = time.monotonic() + processes.PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"{type(self).__name__} does not listen") from None
                time.sleep(0.01)

    def stop(self, may_complain=False):
        """It has nothing to complain of, unless it may."""
        self.process.send_signal(signal.SIGQUIT)
        status = self.process.wait(processes.PATIENCE_S)
        with open(os.path.join(self.folder.name, "error.log"), encoding="utf-8") as log:
            said = log.read()
        self.bound.close()
        self.folder.cleanup()
        if status != 0 or (said and not may_complain):
            raise RuntimeError(f"{type(self).__name__} has left with {status}, and has said: {said}")


class Nginx(Proxy):
    def command(self, upstream):
        conf = os.path.join(self.folder.name, "nginx.conf")
        with open(conf, "w", encoding="ascii") as file:
            file.write(NGINX.format(
                upstream=upstream,
                address=self.address,
                # Root, also that of a sandbox which knows no other, would give its folders to somebody else.
                user="user root;" if os.geteuid() == 0 else "",
                front=FRONT.format(certs=self.certs) if self.certs else "",
                scheme="grpcs" if self.certs else "grpc",
            ))
        return [program("nginx"), "-p", self.folder.name, "-c", conf, "-e", "error.log"]


class Nghttpx(Proxy):
    def command(self, upstream):
        host, port = upstream.split(":")
        front, back, security = ";no-tls", "", []
        if self.certs:
            front, back = "", ";tls;sni=server.tern.test"
            security = [f"--cacert={self.certs}/ca.pem",
                        f"--client-cert-file={self.certs}/client.pem",
                        f"--client-private-key-file={self.certs}/client.key",
                        "--verify-client", f"--verify-client-cacert={self.certs}/ca.pem",
                        f"{self.certs}/server.key", f"{self.certs}/server.pem"]
        return [program("nghttpx"), "--conf=/dev/null", "--workers=1", "--no-ocsp",
                f"--frontend=127.0.0.1,{self.port}{front}",
                f"--backend={host},{port};;proto=h2{back}",
                "--frontend-http2-max-concurrent-streams=4096",
                f"--errorlog-file={self.folder.name}/error.log", "--log-level=ERROR", *security]


KINDS = {"nginx": Nginx, "nghttpx": Nghttpx}

"""A way to a server that can be cut, stand still or trickle. One thread for each direction of a connection."""
import socket
import struct
import threading

PIECE = 64 * 1024
DROP = 256  # bytes, of a gate that trickles, in 2 ms


class Gate:
    """Listens on 127.0.0.1:`port`; `target` says where to then: the path of a unix socket, or (host, port)."""

    def __init__(self, target):
        self.target = target
        self.open = threading.Event()
        self.open.set()
        self.trickles = False
        self.lock = threading.Lock()
        self.sockets = set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near, _ = self.listener.accept()
            target = self.target()
            far = socket.socket(socket.AF_UNIX if isinstance(target, str) else socket.AF_INET)
            try:
                far.connect(target)
            except OSError:
                near.close()
                far.close()
                continue
            with self.lock:
                self.sockets |= {near, far}
            for ways in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=ways, daemon=True).start()

    def carry(self, source, sink):
        try:
            while piece := source.recv(DROP if self.trickles else PIECE):
                self.open.wait()
                if self.trickles:
                    threading.Event().wait(0.002)
                sink.sendall(piece)
        except OSError:
            pass
        self.end(source, sink)

    def end(self, *both):
        with self.lock:
            for s in both:
                if s in self.sockets:
                    self.sockets.discard(s)
                    try:
                        s.shutdown(socket.SHUT_RDWR)  # who waits in recv or sendall is woken
                    except OSError:
                        pass

    def cut(self):
        """Resets, where there is TCP."""
        with self.lock:
            sockets = list(self.sockets)
        for s in sockets:
            if s.family == socket.AF_INET:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.end(*sockets)

"""https_raw_server.py PORT CERT KEY FOLDER -- answers a request for /NAME with the bytes of FOLDER/NAME over TLS

One thread a connection, as many requests on it as are sent. A name with "cut" in it ends TCP without a close_notify;
one with "keep" leaves the connection open; "trickle" sends a byte each 100 ms; "endless" sends the last line for ever.
"""
import pathlib
import socket
import ssl
import sys
import threading
import time


def read_request(tls):
    request = b""
    while b"\r\n\r\n" not in request:
        piece = tls.recv(4096)
        if not piece:
            return None
        request += piece
    return request.split(b" ")[1].decode().strip("/")


def answer(tls, name, data):
    if "trickle" in name:
        for byte in data:
            tls.sendall(bytes([byte]))
            time.sleep(0.1)
    elif "endless" in name:
        tls.sendall(data)
        while True:
            tls.sendall(data.splitlines(True)[-1])
    else:
        tls.sendall(data)


def serve(connection, context, folder):
    try:
        tls = context.wrap_socket(connection, server_side=True)
        while (name := read_request(tls)) is not None:
            answer(tls, name, (folder / name).read_bytes())
            if "keep" not in name:
                break
        if name is not None and "cut" in name:
            tls.shutdown(socket.SHUT_RDWR)
        else:
            tls.unwrap()
        tls.close()
    except OSError:
        connection.close()


def main():
    port, cert, key, folder = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    listener = socket.create_server(("127.0.0.1", int(port)))
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, context, pathlib.Path(folder)), daemon=True).start()


main()

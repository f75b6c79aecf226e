/* network_mbed_os.h -- TCP of Mbed OS 5.11 to 6.17 and Mbed CE as a struct network, for C++
 *
 *     NetworkInterface *net = NetworkInterface::get_default_instance();
 *     net->connect();
 *     struct network network = network_mbed_os(net);
 *     tls_socket_open(&socket, &network);
 *
 * Programs in C open network_default(), which is the default NetworkInterface.
 */
#ifndef TLSSOCKET_NETWORK_MBED_OS_H
#define TLSSOCKET_NETWORK_MBED_OS_H

#include "tls_socket.h"

#ifdef __cplusplus

class NetworkInterface;
class SocketAddress;

/* TCP over interface, which is borrowed: it outlives the sockets. NULL is the default one, looked
 * up at each open. The interface itself is connected by the program, before a socket connects.
 *
 * Each socket is a TCPSocket on the heap until tls_socket_close or _free. Its connect resolves the
 * name by gethostbyname, which has a time-out of its own that the socket's cannot shorten, and
 * tries the one address that gives. sigio is called in the network stack's thread, as TCPSocket's.
 * setsockopt and getsockopt take NSAPI_SOCKET and what follows it in nsapi_types.h. */
struct network network_mbed_os(NetworkInterface *interface);

/* tls_socket_connect to an address that is known already, its port included: asks no DNS. The
 * certificate is checked against the name that tls_socket_set_hostname gave, which is needed:
 * without one the name is the numeric address, which hardly any certificate holds. */
nsapi_error_t tls_socket_connect_address(struct tls_socket *socket, const SocketAddress &address);

#endif

#endif

/* mbed.h -- what programs for Mbed OS include first, for a PC: the network sockets of the 2018
 * article
 *
 *     g++ -Iinclude -Iinclude/tlssocket/mbed program.cpp build/libtlssocket.a -lmbedtls -lmbedx509
 * -lmbedcrypto
 *
 * C++98 and later. The classes have the calls that real programs use of NetworkInterface,
 * SocketAddress, TCPSocket, TLSSocket and TLSSocketWrapper; nothing of Mbed OS's drivers, threads
 * or file systems.
 */
#ifndef TLSSOCKET_MBED_MBED_H
#define TLSSOCKET_MBED_MBED_H

#include <cstddef>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "NetworkInterface.h"
#include "SocketAddress.h"
#include "TCPSocket.h"
#include "TLSSocket.h"
#include "TLSSocketWrapper.h"
#include "WiFiInterface.h"
#include "mbed_assert.h"
#include "mbed_trace.h"
#include "mbed_wait_api.h"

#ifndef DEVICE_TRNG
#define DEVICE_TRNG 1 /* the PC's source of random numbers */
#endif

using namespace mbed;
using namespace rtos;
using namespace std;

#endif

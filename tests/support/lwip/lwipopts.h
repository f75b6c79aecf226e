/* lwipopts.h -- lwIP as a small device has it: no operating system, memory of its own, IPv4 and DNS
 */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_SOCKET 0
#define LWIP_NETCONN 0
#define LWIP_IPV6 0
#define LWIP_DNS 1
#define MEM_ALIGNMENT 8
#define MEM_SIZE 32768
#define PBUF_POOL_SIZE 24
#define TCP_MSS 1460
#define TCP_WND (4 * TCP_MSS)
#define TCP_SND_BUF (4 * TCP_MSS)
#define MEMP_NUM_TCP_SEG TCP_SND_QUEUELEN

#endif

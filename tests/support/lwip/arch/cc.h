/* cc.h -- what lwIP asks of the compiler and the machine: a host with a C library */
#ifndef LWIP_ARCH_CC_H
#define LWIP_ARCH_CC_H

#include <stdlib.h>

#define LWIP_RAND() ((u32_t)random())

#endif

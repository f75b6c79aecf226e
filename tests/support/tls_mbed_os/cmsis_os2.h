/* cmsis_os2.h -- the RTOS's clock, in milliseconds */
#include <stdint.h>
extern "C" uint32_t osKernelGetTickCount(void);

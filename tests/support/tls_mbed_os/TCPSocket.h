#include "../tls_mbed_os.h"

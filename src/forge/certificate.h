/* Certificates for forged handshakes; nobody has their keys any more. */
#ifndef FA_FORGE_CERTIFICATE_H
#define FA_FORGE_CERTIFICATE_H

#include <stdint.h>

extern const uint8_t certificate_server[378];
extern const uint8_t certificate_client[377];

#endif

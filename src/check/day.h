/* Days since 1970-01-01 as people write them. */
#ifndef FA_CHECK_DAY_H
#define FA_CHECK_DAY_H

#include <stdint.h>

#define DAY_TEXT 16
/* "2027-01-31"; returns @buf. */
const char *day_text(int32_t day, char buf[static DAY_TEXT]);
/* The day it is, in UTC. */
int32_t day_today(void);

#endif

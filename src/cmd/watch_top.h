/* The screen of flowaudit watch --top: how the run stands, drawn anew each second. */
#ifndef FA_CMD_WATCH_TOP_H
#define FA_CMD_WATCH_TOP_H

#include "flowaudit/flowaudit.h"

/* On standard output, a terminal. */
void watch_top_draw(struct flowaudit *fa);

/* The screen is free again. */
void watch_top_end(void);

#endif

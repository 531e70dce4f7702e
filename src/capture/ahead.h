/* Reading ahead on a thread of its own; private to the capture room. */
#ifndef FA_CAPTURE_AHEAD_H
#define FA_CAPTURE_AHEAD_H

#include "capture/block.h"

/**
 * ahead_start() - From here on the bytes of @in come from another thread
 * @in:		Stays as it is for its user: same bytes, same end, same errors
 *
 * Worth it where making the bytes is work, as unpacking is: they are copied
 * once more.  block_close() waits for a read that is under way, so this is not
 * for inputs that may wait for ever.
 *
 * Return: 0, or FA_ENOMEM when there is no thread to be had; @in then still works
 */
int ahead_start(struct block_reader *in, struct fa_error *err);

#endif

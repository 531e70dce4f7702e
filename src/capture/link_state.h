/*
 * State of network interfaces, by rtnetlink; private to the capture room.
 *
 * Needs neither privileges nor /sys (which may show another namespace's
 * interfaces), and a socket opened early works on in a sandbox.
 */
#ifndef FA_CAPTURE_LINK_STATE_H
#define FA_CAPTURE_LINK_STATE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct link_state - One interface
 * @index:	Another one when an interface was deleted and made again
 * @up:		By its administrator; a cable need not be plugged in
 * @missed:	Frames it lost for want of buffers or time, since it was made
 */
struct link_state {
	int index;
	bool up;
	uint64_t missed;
};

/* Return: a socket to close(), or -1 with errno */
int link_socket(void);

/**
 * link_ask() - State of the interface of a name
 *
 * Does not wait.
 *
 * Return: 1; 0 when there is no such interface; -1 when the kernel gave no
 *	   answer
 */
int link_ask(int fd, const char *name, struct link_state *state);

#endif

/*
 * Network interfaces for a test, in a network namespace of its own: two
 * Ethernet pairs, "x0"-"x1" and "y0"-"y1", all up, and "lo".
 */
#ifndef FA_TESTS_LINKS_H
#define FA_TESTS_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ethertypes kept for local experiments (IEEE 802): nobody else sends them. */
#define LINKS_OURS   0x88b5
#define LINKS_OTHERS 0x88b6

/**
 * links_enter() - Take the calling thread into a new namespace
 *
 * Return: whether it could; false, which is printed, without the right to, or
 *	   without ip(8).  In any case followed by links_leave().
 */
bool links_enter(void);

/* Back home.  The namespace ends with its last socket. */
void links_leave(void);

/* Return: whether the shell command, run in the namespace, succeeded */
bool links_run(const char *command);

/**
 * links_send() - Send frames from one interface to its other half
 * @count:	How many, numbered 1.. in the 4 bytes behind the Ethernet header;
 *		what follows those repeats the low byte of the number
 * @len:	Of each, at least 18
 */
void links_send(const char *name, unsigned ethertype, uint32_t count, size_t len);

#endif

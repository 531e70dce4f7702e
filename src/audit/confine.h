/*
 * What the program can still ask of the kernel while it parses what strangers
 * sent: landlock for files, seccomp for everything else.
 *
 * Afterwards these are errors, in every thread and also for root: to start a
 * program or a process, to open a file for writing outside the given directories,
 * to open or configure a socket, to send on one, to trace or signal another
 * process, to make memory executable, and whatever the list in confine_calls.c
 * does not have.
 *
 * Of the C library that leaves nothing that loads a library or talks to a server:
 * no dlopen(), getpwnam(), getaddrinfo(), iconv_open(), syslog(), popen(), and no
 * pthread_exit() and pthread_cancel(), which load libgcc.  Threads, memory, time
 * and stdio work.  LeakSanitizer, which traces its own process at exit, does not:
 * ASAN_OPTIONS=detect_leaks=0.
 */
#ifndef FA_AUDIT_CONFINE_H
#define FA_AUDIT_CONFINE_H

#include "base/error.h"

/**
 * struct confine_options - What stays possible; zeroed: no file is written,
 *			    every file read
 * @write_dirs:	Directories below which files and directories may be created,
 *		written, renamed, removed and read; [@write_count].  They exist.
 *		No links, sockets or devices are made in them.
 * @read_paths:	Files, and directories with what is below, that may be read;
 *		[@read_count].  NULL: all that the user may read.  One that does not
 *		exist is passed over.  A file is meant as it is now: name the directory
 *		of what is edited, because editors put a new file in the old one's place.
 *		Not to forget: /sys, where libpcap counts what an interface dropped, and
 *		/etc/localtime.
 * @mute_fds:	Open descriptors never to be written to, [@mute_count]: the capture
 *		sockets, on which write() would send frames of an intruder's choice.
 *		To be kept open: the filter knows the number, and a file that is opened
 *		later and gets it is mute too.
 * @ask_fds:	Open sockets on which questions may be sent, [@ask_count]: all others can only
 *		be heard
 *
 * All belong to the caller and are not needed afterwards.
 */
struct confine_options {
	const char *const *write_dirs;
	unsigned write_count;
	const char *const *read_paths;
	unsigned read_count;
	const int *mute_fds;
	unsigned mute_count;
	const int *ask_fds;
	unsigned ask_count;
};

/* Bit set: what a kernel had and is in force. */
enum { CONFINE_LANDLOCK = 1, CONFINE_SECCOMP = 2 };

/**
 * confine() - Give up what parsing does not need, for good
 * @in_force:	Bits of CONFINE_
 *
 * Before threads are made: landlock binds the calling thread and those that it
 * makes.  Descriptors that are open stay usable.  Where the kernel has no landlock
 * (older than 5.13, or not enabled), seccomp alone cannot tell directories apart:
 * without @write_dirs it refuses all opening for writing, with any it allows
 * all that the user may write.  @read_paths have no effect then.
 *
 * Return: 0, also when the kernel lacks one or both: say so by @in_force;
 *	   FA_EIO for a path that cannot be opened, or a kernel that has it and refuses;
 *	   FA_EUNSUPPORTED without libseccomp; FA_ENOMEM.
 *	   After an error some of it may be in force.
 */
int confine(const struct confine_options *options, unsigned *in_force, struct fa_error *err);

#endif

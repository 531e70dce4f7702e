/*
 * Who the program is while it parses what strangers sent.
 *
 * In order: privilege_find(), open what needs privileges, privilege_can_write(),
 * privilege_drop(), confine() (audit/confine.h), and only then the first packet.
 * All of it before the first thread is made: the kernel keeps users and
 * capabilities by thread, and a forgotten one would keep them.
 */
#ifndef FA_AUDIT_PRIVILEGE_H
#define FA_AUDIT_PRIVILEGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/**
 * struct identity - Whom to become
 * @uid, @gid:	The user and its primary group; those in force if !@change
 * @name:	For messages: "nobody", or "uid 1000" if nobody named one
 * @change:	Whether that is someone else than now
 */
struct identity {
	uid_t uid;
	gid_t gid;
	char name[64];
	bool change;
};

/**
 * privilege_find() - Whom to become
 * @user:	As given with -Z.  NULL: nobody when started as root, else who we are.
 *		"root" stays root, which loses its capabilities all the same.
 *
 * Looks the user up, which may load libraries and ask servers: nothing of that
 * is possible after confine().
 *
 * Return: 0; FA_EUSAGE for a user who does not exist or whom only root can
 *	   become, and for a program installed set-user-ID, which would hand root
 *	   to whoever says -Z root; FA_EIO when the user database cannot be asked
 */
int privilege_find(struct identity *identity, const char *user, struct fa_error *err);

/**
 * privilege_can_write() - Whether that user can create files in a directory
 *
 * Tried in a child process that makes the same change, so that a report that
 * could not be written is found out at the start and not at midnight.  Before
 * privilege_drop(), and not while SIGCHLD is ignored.
 *
 * Return: 0; FA_EIO with what is in the way and what to do about it;
 *	   FA_EUNSUPPORTED as privilege_drop()
 */
int privilege_can_write(const struct identity *identity, const char *directory,
			struct fa_error *err);

/**
 * privilege_drop() - Become that user for good
 *
 * The user, its group, no other groups (ours stay if there is no change) and no
 * capabilities, also not those that came with the program's file (setcap).  No program that is started
 * later can gain any (no_new_privs), and no other process of that user may read
 * our memory (not dumpable, thus also no core files).  The result is verified.
 * Descriptors that are open stay usable.
 *
 * Return: 0; FA_EIO: the privileges are then in an unknown state, and the only
 *	   thing left to do is to exit; FA_EUNSUPPORTED without libcap-ng
 */
int privilege_drop(const struct identity *identity, struct fa_error *err);

#endif

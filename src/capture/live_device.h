/* One interface of a live capture and its libpcap handle; private to capture/live.c. */
#ifndef FA_CAPTURE_LIVE_DEVICE_H
#define FA_CAPTURE_LIVE_DEVICE_H

#include <net/if.h>
#include <pcap/pcap.h>

#include "base/library.h"
#include "capture/live.h"

/* libpcap's. */
#define LIVE_CALLS(X)                \
	X(pcap_activate)             \
	X(pcap_close)                \
	X(pcap_compile)              \
	X(pcap_create)               \
	X(pcap_datalink)             \
	X(pcap_dispatch)             \
	X(pcap_fileno)               \
	X(pcap_freecode)             \
	X(pcap_geterr)               \
	X(pcap_set_buffer_size)      \
	X(pcap_set_datalink)         \
	X(pcap_set_promisc)          \
	X(pcap_set_snaplen)          \
	X(pcap_set_timeout)          \
	X(pcap_set_tstamp_precision) \
	X(pcap_setfilter)            \
	X(pcap_setnonblock)          \
	X(pcap_statustostr)

struct live_calls {
	LIVE_CALLS(LIBRARY_MEMBER)
};

/**
 * struct device_setup - What all interfaces of a capture are opened with
 * @filter:	NULL for none
 * @links:	Of link_socket()
 */
struct device_setup {
	struct live_calls pcap;
	char *filter;
	int links;
	int snaplen;
	int buffer_bytes;
	bool promiscuous;
	bool immediate;
};

/* Whether a handle can be read from. */
enum device_health {
	DEVICE_WELL,
	DEVICE_RESTING,  /* reading failed; left alone until it is looked at */
	DEVICE_ON_TRIAL, /* that was the last time: one more failure and it is closed */
};

/**
 * struct device - One interface
 * @shown:	What live_interface() gives
 * @name:	With room for more than the kernel allows, so that one that is too
 *		long is not cut to one that there is
 * @handle:	NULL while there is none: the interface was down when it was
 *		opened, or has vanished
 * @fd:		The handle's socket, or -1, as poll() wants it
 * @index:	The kernel's, of the interface that the handle is of
 * @fanout_group: Its own; 0 for none
 * @unit_ns:	Of the fraction of its timestamps
 * @looked:	shown.frames when device_look() last looked
 * @health:	Of the handle
 * @missed:	Last heard of the interface's own count
 */
struct device {
	struct live_interface shown;
	char name[2 * IFNAMSIZ];
	pcap_t *handle;
	int fd;
	int index;
	int unit_ns;
	uint16_t fanout_group;
	bool any;
	enum device_health health;
	uint64_t looked;
	uint64_t missed;
};

/**
 * device_open() - Make a handle, if the interface is up
 * @device:	All zero but for @name, @any and @fanout_group, or after device_close()
 *
 * Return: 0, also for an interface that is down; else as live_open()
 */
int device_open(struct device *device, const struct device_setup *setup, struct fa_error *err);

/* Counters are kept.  A device without a handle is fine. */
void device_close(struct device *device, const struct device_setup *setup);

/* Give what waits in the ring, at most @most frames, to @take.  Failures are the device's affair. */
void device_read(struct device *device, const struct device_setup *setup, unsigned most,
		 pcap_handler take, void *user);

/* The socket has an error to tell: take it, so that libpcap does not stumble over it. */
void device_take_error(struct device *device);

/*
 * See what has become of the interface; open one that is up and has no handle.
 * Meant to be called once a second; a vanished one is closed the second time.
 */
void device_look(struct device *device, const struct device_setup *setup);

/* Add what the kernel counted since the last time. */
void device_count(struct device *device);

#endif

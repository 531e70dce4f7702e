/*
 * Live capture: several interfaces, one batch.
 *
 * libpcap hands a block of its ring back to the kernel before pcap_dispatch()
 * returns with the last frame of it, so frames cannot stay there until the next
 * call.  They are copied, close together, into a region that a batch of small
 * frames leaves in the cache.
 */
#include "capture/live.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "capture/filter.h"
#include "capture/link_state.h"
#include "capture/live_device.h"

#define BUFFER_DEFAULT (64u << 20)
#define LOOK_MS        1000
/* At the longest: a full ring is read in less. */
#define SKIP_MS 500
/* Of the copies, in bytes. */
#define COPY_ALIGN 16u

/**
 * struct live - A live capture
 * @library:	libpcap
 * @room:	Of @rooms times @room_bytes, each for copies of FRAME_BATCH frames of any length
 * @next_room:	Of the next batch
 * @turn:	Device that is the first to fill the next batch
 * @numbered:	Number of the last frame
 * @look_ns:	When to look after the devices again, CLOCK_MONOTONIC
 */
struct live {
	void *library;
	struct device_setup setup;
	struct device devices[LIVE_INTERFACES_MAX];
	unsigned count;
	unsigned turn;
	uint64_t numbered;
	int64_t look_ns;
	uint8_t *room;
	size_t room_bytes;
	unsigned rooms, next_room;
};

/* A batch that is being filled from one device. */
struct batch {
	struct live *live;
	struct frame *frames;
	unsigned count;
	uint8_t *free;
	const struct device *device;
};

static size_t copy_bytes(uint32_t caplen)
{
	return ((size_t)caplen + COPY_ALIGN - 1) & ~(size_t)(COPY_ALIGN - 1);
}

/* ---- opening --------------------------------------------------------------------------- */

static int name_devices(struct live *live, const struct live_options *options, struct fa_error *err)
{
	if (options->interface_count < 1 || options->interface_count > LIVE_INTERFACES_MAX)
		return error_set(err, FA_EUSAGE, "%u interfaces; 1 to %d can be captured from",
				 options->interface_count, LIVE_INTERFACES_MAX);
	if (options->fanout_group > UINT16_MAX - options->interface_count)
		return error_set(err, FA_EUSAGE, "fanout group %u is too large",
				 options->fanout_group);
	for (unsigned i = 0; i < options->interface_count; i++) {
		const char *name = options->interfaces[i];
		struct device *device = &live->devices[i];

		device->any = strcmp(name, "any") == 0;
		if (device->any && options->interface_count > 1)
			return error_set(err, FA_EUSAGE,
					 "interface any stands for all of them; give it alone");
		for (unsigned k = 0; k < i; k++)
			if (strcmp(name, options->interfaces[k]) == 0)
				return error_set(err, FA_EUSAGE, "interface %s is given twice",
						 name);
		snprintf(device->name, sizeof(device->name), "%s", name);
		device->fd = -1;
		/* The kernel wants all members of a group on one interface. */
		if (options->fanout_group != 0)
			device->fanout_group = (uint16_t)(options->fanout_group + i);
		live->count++;
	}
	return 0;
}

/* An expression that makes no sense is refused before anything is opened. */
static int take_filter(struct live *live, const char *text, struct fa_error *err)
{
	struct filter *filter;
	int status;

	if (text == NULL)
		return 0;
	status = filter_open(&filter, text, err);
	if (status != 0)
		return status;
	filter_close(filter);
	live->setup.filter = strdup(text);
	return live->setup.filter != NULL ? 0 : error_set(err, FA_ENOMEM, "out of memory");
}

static int take_options(struct live *live, const struct live_options *options, struct fa_error *err)
{
	struct device_setup *setup = &live->setup;
	uint32_t snaplen = options->snaplen != 0 ? MIN(options->snaplen, FRAME_MAX) : FRAME_MAX;
	uint32_t buffer = options->buffer_bytes != 0 ? options->buffer_bytes : BUFFER_DEFAULT;

	setup->snaplen = (int)snaplen;
	setup->buffer_bytes = (int)MIN(buffer, (uint32_t)INT32_MAX);
	setup->promiscuous = options->promiscuous;
	setup->immediate = options->immediate;
	live->room_bytes = FRAME_BATCH * copy_bytes(snaplen);
	live->rooms = options->turns + 1;
	live->room = memory_region(live->rooms * live->room_bytes);
	if (live->room == NULL)
		return error_set(err, FA_ENOMEM, "out of memory for captured frames");
	/* Of each only the beginning is ever used: a huge page for it would be 100 times as much. */
	(void)madvise(live->room, live->rooms * live->room_bytes, MADV_NOHUGEPAGE);
	setup->links = link_socket();
	if (setup->links < 0)
		return error_set(err, FA_EIO, "interfaces cannot be asked for (netlink): %s",
				 strerror(errno));
	return take_filter(live, options->filter, err);
}

static int load(struct live *live, struct fa_error *err)
{
#define LIBRARY_STRUCT struct live_calls
	static const struct library_call list[] = { LIVE_CALLS(LIBRARY_CALL) };
	static const char *const sonames[] = { "libpcap.so.0.8", "libpcap.so.1", NULL };

	return library_open(&live->library, sonames, list, ARRAY_SIZE(list), &live->setup.pcap,
			    err);
}

int live_open(struct live **live, const struct live_options *options, struct fa_error *err)
{
	struct live *l = memory_array(1, sizeof(*l));
	int status;

	if (l == NULL)
		return error_set(err, FA_ENOMEM, "out of memory for a live capture");
	l->setup.links = -1;
	status = name_devices(l, options, err);
	if (status == 0)
		status = load(l, err);
	if (status == 0)
		status = take_options(l, options, err);
	for (unsigned i = 0; status == 0 && i < l->count; i++)
		status = device_open(&l->devices[i], &l->setup, err);
	if (status != 0) {
		live_close(l);
		return status;
	}
	l->look_ns = clock_ns(CLOCK_MONOTONIC) + LOOK_MS * NS_PER_MS;
	*live = l;
	return 0;
}

/* ---- reading --------------------------------------------------------------------------- */

/* A pcap_handler. */
static void take(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	struct batch *batch = (void *)user;
	const struct device *device = batch->device;
	struct live *live = batch->live;
	uint32_t caplen = MIN(header->caplen, (uint32_t)live->setup.snaplen);

	memcpy(batch->free, bytes, caplen);
	batch->frames[batch->count++] = (struct frame){
		.ts_ns = header->ts.tv_sec * NS_PER_S + header->ts.tv_usec * device->unit_ns,
		.number = ++live->numbered,
		.bytes = batch->free,
		.caplen = caplen,
		.wirelen = MAX(header->len, caplen),
		.linktype = device->shown.linktype,
		.iface = (uint16_t)(device - live->devices),
		.has_time = 1,
	};
	batch->free += copy_bytes(caplen);
}

/* Wait until a device has something; false when nothing has. */
static bool wait_ready(struct live *live, struct pollfd fds[static LIVE_INTERFACES_MAX],
		       int timeout_ms, int *status)
{
	int64_t look_ms = (live->look_ns - clock_ns(CLOCK_MONOTONIC)) / NS_PER_MS + 1;
	int n;

	look_ms = MAX(look_ms, 0);
	if (timeout_ms < 0 || timeout_ms > look_ms)
		timeout_ms = (int)look_ms;
	for (unsigned i = 0; i < live->count; i++) {
		const struct device *device = &live->devices[i];

		fds[i].fd = device->health == DEVICE_RESTING ? -1 : device->fd;
		fds[i].events = POLLIN;
		fds[i].revents = 0;
	}
	n = poll(fds, live->count, timeout_ms);
	*status = n < 0 && errno != EINTR ? -errno : 0;
	return n > 0;
}

static void look(struct live *live)
{
	for (unsigned i = 0; i < live->count; i++)
		device_look(&live->devices[i], &live->setup);
	live->look_ns = clock_ns(CLOCK_MONOTONIC) + LOOK_MS * NS_PER_MS;
}

/* Fill a batch, from the device whose turn it is on. */
static unsigned collect(struct live *live, const struct pollfd fds[static LIVE_INTERFACES_MAX],
			struct frame frames[static FRAME_BATCH])
{
	struct batch batch = { .live = live,
			       .frames = frames,
			       .free = live->room + live->next_room * live->room_bytes };
	unsigned i = live->turn;

	for (unsigned k = 0; k < live->count && batch.count < FRAME_BATCH; k++) {
		struct device *device = &live->devices[i];
		unsigned before = batch.count;

		batch.device = device;
		/* Hang-ups are for libpcap to find out. */
		if ((fds[i].revents & ~POLLERR) != 0)
			device_read(device, &live->setup, FRAME_BATCH - before, take, &batch);
		device->shown.frames += batch.count - before;
		i = i + 1 < live->count ? i + 1 : 0;
	}
	/* Who filled it up comes last. */
	live->turn = i;
	if (batch.count != 0)
		live->next_room = live->next_room + 1 < live->rooms ? live->next_room + 1 : 0;
	return batch.count;
}

int live_next(struct live *live, struct frame frames[static FRAME_BATCH], int timeout_ms,
	      struct fa_error *err)
{
	struct pollfd fds[LIVE_INTERFACES_MAX];
	bool trouble = false;
	unsigned count = 0;
	int status;

	if (wait_ready(live, fds, timeout_ms, &status)) {
		for (unsigned i = 0; i < live->count; i++) {
			if ((fds[i].revents & POLLERR) != 0) {
				device_take_error(&live->devices[i]);
				trouble = true;
			}
		}
		count = collect(live, fds, frames);
	}
	if (status != 0)
		return error_set(err, FA_EIO, "interfaces cannot be waited for: %s",
				 strerror(-status));
	if (trouble || clock_ns(CLOCK_MONOTONIC) >= live->look_ns)
		look(live);
	return (int)count;
}

/* ---- asking ---------------------------------------------------------------------------- */

void live_skip(struct live *live)
{
	struct frame frames[FRAME_BATCH];
	int64_t until = clock_ns(CLOCK_MONOTONIC) + SKIP_MS * NS_PER_MS;

	while (live_next(live, frames, 0, NULL) > 0 && clock_ns(CLOCK_MONOTONIC) < until)
		;
	live_stats(live);
	live->numbered = 0;
	for (unsigned i = 0; i < live->count; i++) {
		struct live_interface *shown = &live->devices[i].shown;

		shown->frames = shown->received = 0;
		shown->kernel_drops = shown->interface_drops = 0;
		live->devices[i].looked = 0;
	}
}

void live_stats(struct live *live)
{
	for (unsigned i = 0; i < live->count; i++)
		device_count(&live->devices[i]);
}

int live_ask_descriptor(const struct live *live)
{
	return live->setup.links;
}

unsigned live_count(const struct live *live)
{
	return live->count;
}

const struct live_interface *live_interface(const struct live *live, unsigned i)
{
	FA_ASSERT(i < live->count);
	return &live->devices[i].shown;
}

void live_close(struct live *live)
{
	if (live == NULL)
		return;
	for (unsigned i = 0; i < live->count; i++)
		device_close(&live->devices[i], &live->setup);
	if (live->setup.links >= 0)
		(void)close(live->setup.links);
	library_close(live->library);
	memory_region_free(live->room, live->rooms * live->room_bytes);
	free(live->setup.filter);
	free(live);
}

/*
 * A libpcap handle that outlives its interface's downs.
 *
 * An AF_PACKET socket stays bound to its interface when that goes down; the
 * kernel says so once (ENETDOWN) and goes on delivering when it is up again.
 * So a handle is kept for as long as the interface exists: by then the process
 * may no longer be allowed to make another one.
 */
#include "capture/live_device.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "capture/link_state.h"
#include "capture/reader.h"

/*
 * Longest a frame waits in a block of the ring that is not full.  libpcap's own
 * immediate mode has a slot of the longest frame's size for each (TPACKET_V2):
 * 1023 of them in 64 MiB, and it cuts at less than a small snap length.
 */
#define BLOCK_MS           100
#define BLOCK_IMMEDIATE_MS 1

/* Fill @text with the interfaces there are: "eth0, lo, any". */
static void list_interfaces(char *text, size_t size)
{
	struct if_nameindex *all = if_nameindex();
	size_t len = 0;

	for (size_t i = 0; all != NULL && all[i].if_name != NULL && len < size; i++)
		len += (size_t)snprintf(text + len, size - len, "%s, ", all[i].if_name);
	if (len < size)
		snprintf(text + len, size - len, "any");
	if (all != NULL)
		if_freenameindex(all);
}

static int no_such_interface(const char *name, struct fa_error *err)
{
	char names[FA_ERROR_TEXT / 2];

	if (err == NULL)
		return FA_EIO;
	list_interfaces(names, sizeof(names));
	return error_set(err, FA_EIO, "%s: there is no such network interface; there are: %s", name,
			 names);
}

/* @status is libpcap's; @handle is closed by the caller. */
static int refused(const struct device *device, const struct device_setup *setup, pcap_t *handle,
		   int status, struct fa_error *err)
{
	const char *what = setup->pcap.pcap_geterr(handle);

	if (status == PCAP_ERROR_NO_SUCH_DEVICE)
		return no_such_interface(device->name, err);
	if (status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED)
		return error_set(err, FA_EIO,
				 "%s: not permitted to capture; run as root, or once: "
				 "setcap cap_net_raw=ep $(command -v flowaudit)",
				 device->name);
	if (what[0] == '\0')
		what = setup->pcap.pcap_statustostr(status);
	return error_set(err, FA_EIO, "%s: cannot be captured from: %s", device->name, what);
}

/*
 * Optimised, an expression that no frame of this link type can match is an
 * error; one that makes no sense at all was refused by live_open().
 */
static int set_filter(const struct device *device, const struct device_setup *setup, pcap_t *handle,
		      struct fa_error *err)
{
	struct bpf_program code;
	int status;

	if (setup->pcap.pcap_compile(handle, &code, setup->filter, 1, PCAP_NETMASK_UNKNOWN) != 0 &&
	    setup->pcap.pcap_compile(handle, &code, setup->filter, 0, PCAP_NETMASK_UNKNOWN) != 0)
		return error_set(err, FA_EUNSUPPORTED,
				 "filter \"%s\" cannot be applied to interface %s: %s; "
				 "use a filter that suits it, or none",
				 setup->filter, device->name, setup->pcap.pcap_geterr(handle));
	status = setup->pcap.pcap_setfilter(handle, &code);
	setup->pcap.pcap_freecode(&code);
	return status == 0 ? 0 : refused(device, setup, handle, status, err);
}

/* What libpcap has besides network interfaces (USB, D-Bus, netfilter logs) is not for us. */
static bool is_network(int fd)
{
	int domain;
	socklen_t len = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 && domain == AF_PACKET;
}

/*
 * By flow: both directions of one hash alike.  Fragments hash by their addresses alone: those
 * of a datagram stay together, and what is audited is what was on the wire (no FLAG_DEFRAG).
 */
static int join_fanout(const struct device *device, int fd, struct fa_error *err)
{
	int how = device->fanout_group | PACKET_FANOUT_HASH << 16;

	if (setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &how, sizeof(how)) == 0)
		return 0;
	return error_set(err, FA_EIO, "%s: cannot join fanout group %u: %s; try another number",
			 device->name, device->fanout_group, strerror(errno));
}

/* An activated handle becomes the device's, or stays the caller's on failure. */
static int adopt(struct device *device, const struct device_setup *setup, pcap_t *handle,
		 struct fa_error *err)
{
	const struct live_calls *pcap = &setup->pcap;
	char why[PCAP_ERRBUF_SIZE];
	int fd = pcap->pcap_fileno(handle), status = 0;

	if (!is_network(fd))
		return error_set(err, FA_EIO, "%s: not a network interface", device->name);
	/* The younger cooked header tells the interface of each frame; without it is fine too. */
	if (pcap->pcap_datalink(handle) == DLT_LINUX_SLL)
		(void)pcap->pcap_set_datalink(handle, DLT_LINUX_SLL2);
	if (setup->filter != NULL)
		status = set_filter(device, setup, handle, err);
	if (status == 0 && device->fanout_group != 0)
		status = join_fanout(device, fd, err);
	if (status != 0)
		return status;
	if (pcap->pcap_setnonblock(handle, 1, why) != 0)
		return error_set(err, FA_EIO, "%s: %s", device->name, why);
	device->handle = handle;
	device->fd = fd;
	device->shown.gone = false;
	device->health = DEVICE_WELL;
	device->shown.linktype = reader_linktype((uint16_t)pcap->pcap_datalink(handle));
	device->shown.up = true;
	return 0;
}

/* Before activation none of these can fail but the last. */
static void configure(struct device *device, const struct device_setup *setup, pcap_t *handle)
{
	const struct live_calls *pcap = &setup->pcap;

	(void)pcap->pcap_set_snaplen(handle, setup->snaplen);
	(void)pcap->pcap_set_promisc(handle, setup->promiscuous && !device->any);
	(void)pcap->pcap_set_timeout(handle, setup->immediate ? BLOCK_IMMEDIATE_MS : BLOCK_MS);
	(void)pcap->pcap_set_buffer_size(handle, setup->buffer_bytes);
	device->unit_ns =
		pcap->pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO) == 0 ? 1 : 1000;
}

static int open_up(struct device *device, const struct device_setup *setup, struct fa_error *err)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *handle = setup->pcap.pcap_create(device->name, why);
	int status;

	if (handle == NULL)
		return error_set(err, FA_EIO, "%s: cannot be captured from: %s", device->name, why);
	configure(device, setup, handle);
	status = setup->pcap.pcap_activate(handle);
	if (status >= 0) /* or with a warning */
		status = adopt(device, setup, handle, err);
	else if (status == PCAP_ERROR_IFACE_NOT_UP) /* since we asked */
		status = 0;
	else
		status = refused(device, setup, handle, status, err);
	if (device->handle == NULL)
		setup->pcap.pcap_close(handle);
	return status;
}

int device_open(struct device *device, const struct device_setup *setup, struct fa_error *err)
{
	struct link_state state;
	int there = 0;

	device->fd = -1;
	device->shown.name = device->name;
	if (!device->any)
		there = link_ask(setup->links, device->name, &state);
	if (!device->any && there == 0)
		return no_such_interface(device->name, err);
	if (there == 1) {
		device->index = state.index;
		device->missed = state.missed;
		/* libpcap would only find out after it has made the ring. */
		if (!state.up)
			return 0;
	}
	return open_up(device, setup, err);
}

void device_close(struct device *device, const struct device_setup *setup)
{
	if (device->handle == NULL)
		return;
	device_count(device);
	setup->pcap.pcap_close(device->handle);
	device->handle = NULL;
	device->fd = -1;
}

static void went_down(struct device *device)
{
	if (device->shown.up)
		device->shown.downs++;
	device->shown.up = false;
}

void device_read(struct device *device, const struct device_setup *setup, unsigned most,
		 pcap_handler take, void *user)
{
	if (setup->pcap.pcap_dispatch(device->handle, (int)most, take, user) >= 0) {
		device->health = DEVICE_WELL;
		device->shown.up |= device->any;
		return;
	}
	went_down(device);
	if (device->health == DEVICE_ON_TRIAL)
		device_close(device, setup);
	else
		device->health = DEVICE_RESTING;
}

void device_take_error(struct device *device)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(device->fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error == ENETDOWN)
		went_down(device);
}

/* They begin again at 0 when the driver likes to. */
static void count_missed(struct device *device, uint64_t missed)
{
	if (missed > device->missed)
		device->shown.interface_drops += missed - device->missed;
	device->missed = missed;
}

/* There is a handle. */
static void look_at_link(struct device *device, const struct device_setup *setup)
{
	bool idle = device->shown.frames == device->looked;
	struct link_state state;
	int there = link_ask(setup->links, device->name, &state);

	device->looked = device->shown.frames;
	if (there < 0) { /* not known; frames that come speak for it */
		device->shown.up |= !idle;
	} else if (there == 0 || state.index != device->index) {
		went_down(device);
		/* What was captured is in the ring within BLOCK_MS: not the first time. */
		if (device->shown.gone && idle)
			device_close(device, setup);
		device->shown.gone = true;
	} else {
		if (!state.up)
			went_down(device);
		device->shown.up = state.up;
		count_missed(device, state.missed);
	}
}

void device_look(struct device *device, const struct device_setup *setup)
{
	if (device->health == DEVICE_RESTING)
		device->health = DEVICE_ON_TRIAL;
	if (device->handle != NULL && !device->any)
		look_at_link(device, setup);
	if (device->handle == NULL)
		(void)device_open(device, setup, NULL);
}

void device_count(struct device *device)
{
	/* TPACKET_V2's are the same without the last member.  Reading begins them anew at 0. */
	struct tpacket_stats_v3 stats;
	socklen_t len = sizeof(stats);

	if (device->fd < 0 ||
	    getsockopt(device->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len) != 0)
		return;
	device->shown.received += stats.tp_packets;
	device->shown.kernel_drops += stats.tp_drops;
}

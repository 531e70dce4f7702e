/*
 * BPF by libpcap, one program for each link type met.
 *
 * libpcap compiles for DLT_ values while files carry LINKTYPE_ values, and it
 * keeps the mapping between them to itself.  A handle opened on a file header
 * of 24 bytes that names the LINKTYPE_ has been mapped by libpcap itself.
 */
#include "capture/filter.h"

#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"
#include "base/memory.h"

struct filter_program {
	uint16_t linktype;
	struct bpf_program code;
};

/* libpcap's. */
#define PCAP_CALLS(X)         \
	X(pcap_close)         \
	X(pcap_compile)       \
	X(pcap_fopen_offline) \
	X(pcap_freecode)      \
	X(pcap_geterr)        \
	X(pcap_offline_filter)

struct pcap_calls {
	PCAP_CALLS(LIBRARY_MEMBER)
};

/**
 * struct filter - An expression and its programs
 * @library, @pcap: libpcap
 * @last:	Program of the frame before; nearly always the next one's too
 */
struct filter {
	void *library;
	struct pcap_calls pcap;
	char *text;
	struct filter_program *programs;
	size_t count, cap, last;
};

/* A handle that compiles for @linktype, or NULL with @why filled. */
static pcap_t *handle_for(const struct filter *filter, uint16_t linktype,
			  char why[static PCAP_ERRBUF_SIZE])
{
	struct pcap_file_header header = {
		.magic = 0xa1b2c3d4,
		.version_major = 2,
		.version_minor = 4,
		.snaplen = FRAME_MAX,
		.linktype = linktype,
	};
	FILE *f = fmemopen(&header, sizeof(header), "r");
	pcap_t *handle;

	if (f == NULL) {
		snprintf(why, PCAP_ERRBUF_SIZE, "out of memory");
		return NULL;
	}
	handle = filter->pcap.pcap_fopen_offline(f, why);
	if (handle == NULL)
		fclose(f);
	return handle;
}

/*
 * With @always, an expression that no packet of this link type can match
 * ("arp" on raw IP) gives a program that matches none; libpcap's optimiser
 * would call it an error, which is right only where it is all the user asked.
 */
static bool compile(const struct filter *filter, uint16_t linktype, bool always,
		    struct bpf_program *code, char why[static PCAP_ERRBUF_SIZE])
{
	pcap_t *handle = handle_for(filter, linktype, why);
	bool done;

	if (handle == NULL)
		return false;
	done = filter->pcap.pcap_compile(handle, code, filter->text, 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (!done)
		snprintf(why, PCAP_ERRBUF_SIZE, "%s", filter->pcap.pcap_geterr(handle));
	if (!done && always)
		done = filter->pcap.pcap_compile(handle, code, filter->text, 0,
						 PCAP_NETMASK_UNKNOWN) == 0;
	filter->pcap.pcap_close(handle);
	return done;
}

/*
 * Whether some usual link type can compile the text; else @why tells Ethernet's
 * reason, the one people know.  Only what every Ethernet frame contradicts
 * ("ip and arp") is refused although 802.11, by its looser code, would do it.
 */
static bool sensible(const struct filter *filter, char why[static PCAP_ERRBUF_SIZE])
{
	static const uint16_t others[] = {
		101, /* LINKTYPE_RAW */
		113, /* LINKTYPE_LINUX_SLL */
		276, /* LINKTYPE_LINUX_SLL2 */
		105, /* LINKTYPE_IEEE802_11 */
		127, /* LINKTYPE_IEEE802_11_RADIOTAP */
		9,   /* LINKTYPE_PPP */
		0,   /* LINKTYPE_NULL */
	};
	const uint16_t ethernet = 1;
	char aside[PCAP_ERRBUF_SIZE];
	struct bpf_program code;
	bool done = compile(filter, ethernet, false, &code, why);
	size_t i;

	if (!done && compile(filter, ethernet, true, &code, aside)) {
		filter->pcap.pcap_freecode(&code);
		return false;
	}
	for (i = 0; !done && i < ARRAY_SIZE(others); i++)
		done = compile(filter, others[i], false, &code, aside);
	if (done)
		filter->pcap.pcap_freecode(&code);
	return done;
}

int filter_open(struct filter **filter, const char *text, struct fa_error *err)
{
#define LIBRARY_STRUCT struct pcap_calls
	static const struct library_call list[] = { PCAP_CALLS(LIBRARY_CALL) };
	static const char *const sonames[] = { "libpcap.so.0.8", "libpcap.so.1", NULL };
	struct filter *f = memory_array(1, sizeof(*f));
	char why[PCAP_ERRBUF_SIZE];
	int status = 0;

	if (f != NULL)
		f->text = strdup(text);
	if (f == NULL || f->text == NULL)
		status = error_set(err, FA_ENOMEM, "out of memory for a filter");
	if (status == 0)
		status = library_open(&f->library, sonames, list, ARRAY_SIZE(list), &f->pcap, err);
	if (status == 0 && !sensible(f, why))
		status = error_set(err, FA_EUSAGE, "filter \"%s\": %s; see pcap-filter(7)", text,
				   why);
	if (status != 0) {
		filter_close(f);
		return status;
	}
	*filter = f;
	return 0;
}

/* A new program for @linktype; filter->last is its index. */
static int program_add(struct filter *filter, uint16_t linktype, struct fa_error *err)
{
	char why[PCAP_ERRBUF_SIZE];
	struct filter_program *p;

	if (memory_grow(&filter->programs, &filter->cap, filter->count + 1,
			sizeof(*filter->programs)) != 0)
		return error_set(err, FA_ENOMEM, "out of memory for a filter");
	p = &filter->programs[filter->count];
	p->linktype = linktype;
	if (!compile(filter, linktype, true, &p->code, why))
		return error_set(err, FA_EUNSUPPORTED,
				 "filter \"%s\" cannot be applied to link type %u: %s; "
				 "use a filter that suits it, or none",
				 filter->text, linktype, why);
	filter->last = filter->count++;
	return 0;
}

int filter_match(struct filter *filter, const struct frame *frame, struct fa_error *err)
{
	/* The time takes no part in a filter. */
	struct pcap_pkthdr header = { .caplen = frame->caplen, .len = frame->wirelen };
	size_t i = filter->last;

	if (i >= filter->count || filter->programs[i].linktype != frame->linktype) {
		for (i = 0; i < filter->count; i++)
			if (filter->programs[i].linktype == frame->linktype)
				break;
		filter->last = i;
	}
	if (i == filter->count) {
		int rc = program_add(filter, frame->linktype, err);

		if (rc != 0)
			return rc;
	}
	return filter->pcap.pcap_offline_filter(&filter->programs[filter->last].code, &header,
						frame->bytes) != 0;
}

void filter_close(struct filter *filter)
{
	size_t i;

	if (filter == NULL)
		return;
	for (i = 0; i < filter->count; i++)
		filter->pcap.pcap_freecode(&filter->programs[i].code);
	library_close(filter->library);
	free(filter->programs);
	free(filter->text);
	free(filter);
}

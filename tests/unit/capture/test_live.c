/* Live capture, from interfaces that the tests make (links.h). */
#include "capture/live.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "base/util.h"
#include "capture/links.h"

#define OURS        LINKS_OURS
#define OTHERS      LINKS_OTHERS
#define FRAME_BYTES 100

static int64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / NS_PER_MS;
}

/* What came of our frames. */
struct caught {
	uint64_t frames, ours;
	uint64_t by_iface[LIVE_INTERFACES_MAX];
	uint64_t last_number;
	uint16_t linktype;
	bool good;
};

/* One of links_send() from Ethernet. */
static bool is_right(const struct frame *frame, uint32_t i, size_t len)
{
	uint32_t n = htonl(i);
	bool same = frame->caplen == len && frame->wirelen == len &&
		    memcmp(frame->bytes + 14, &n, sizeof(n)) == 0;

	for (size_t k = 18; same && k < len; k++)
		same = frame->bytes[k] == (i & 0xff);
	return same;
}

/* Read until @want of our frames have come, or @ms have passed. */
static void catch_frames(struct live *live, uint64_t want, int ms, size_t len, struct caught *c)
{
	struct frame frames[FRAME_BATCH];
	int64_t end = milliseconds() + ms;
	struct fa_error err = { 0 };

	c->good = true;
	while (c->ours < want && milliseconds() < end) {
		int n = live_next(live, frames, 50, &err);

		CU_ASSERT_FATAL(n >= 0 && n <= FRAME_BATCH);
		for (int i = 0; i < n; i++) {
			const struct frame *f = &frames[i];
			size_t type_at = f->linktype == 276 ? 0 : 12;
			unsigned type = (unsigned)f->bytes[type_at] << 8 | f->bytes[type_at + 1];

			c->frames++;
			c->good &= f->number == c->last_number + 1 && f->has_time == 1 &&
				   f->wirelen >= f->caplen;
			c->last_number = f->number;
			c->linktype = f->linktype;
			c->by_iface[f->iface]++;
			if (type == OURS)
				c->ours++;
			if (len != 0)
				c->good &= is_right(f, (uint32_t)c->by_iface[f->iface], len);
		}
	}
}

static struct live *open_live(const char *first, const char *second, struct live_options options)
{
	const char *names[] = { first, second };
	struct fa_error err = { 0 };
	struct live *live = NULL;

	options.interfaces = names;
	options.interface_count = second != NULL ? 2 : 1;
	if (live_open(&live, &options, &err) != 0)
		printf("%s\n", err.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(live);
	return live;
}

/* Read on until interface @i is @up. */
static void wait_for(struct live *live, unsigned i, bool up, struct caught *c)
{
	const struct live_interface *interface = live_interface(live, i);

	for (unsigned k = 0; k < 80 && interface->up != up; k++)
		catch_frames(live, c->ours + 1, 50, 0, c);
	CU_ASSERT_EQUAL(interface->up, up);
}

static void frames_are_delivered_whole(void)
{
	const struct live_interface *x0;
	struct caught c = { 0 };
	struct live *live;
	struct frame frames[FRAME_BATCH];
	struct timespec now;

	if (links_enter()) {
		live = open_live("x0", NULL, (struct live_options){ 0 });
		links_send("x1", OURS, 1000, FRAME_BYTES);
		catch_frames(live, 1000, 3000, FRAME_BYTES, &c);
		CU_ASSERT_EQUAL(c.frames, 1000);
		CU_ASSERT(c.good);
		CU_ASSERT_EQUAL(c.linktype, 1);
		links_send("x1", OURS, 1, FRAME_BYTES);
		CU_ASSERT_EQUAL_FATAL(live_next(live, frames, 500, NULL), 1);
		clock_gettime(CLOCK_REALTIME, &now);
		CU_ASSERT_EQUAL(frames[0].number, 1001);
		CU_ASSERT(llabs(frames[0].ts_ns - now.tv_sec * NS_PER_S) < 10 * NS_PER_S);
		live_stats(live);
		CU_ASSERT_EQUAL(live_count(live), 1);
		x0 = live_interface(live, 0);
		CU_ASSERT_STRING_EQUAL(x0->name, "x0");
		CU_ASSERT(x0->up);
		CU_ASSERT_EQUAL(x0->linktype, 1);
		CU_ASSERT_EQUAL(x0->frames, 1001);
		CU_ASSERT_EQUAL(x0->received, 1001);
		CU_ASSERT_EQUAL(x0->kernel_drops, 0);
		CU_ASSERT_EQUAL(x0->interface_drops, 0);
		CU_ASSERT_EQUAL(x0->downs, 0);
		live_close(live);
	}
	links_leave();
}

static void frames_are_cut(void)
{
	struct frame frames[FRAME_BATCH];
	struct live *live;

	if (links_enter()) {
		live = open_live("x0", NULL, (struct live_options){ .snaplen = 60 });
		links_send("x1", OURS, 1, 1000);
		CU_ASSERT_EQUAL_FATAL(live_next(live, frames, 500, NULL), 1);
		CU_ASSERT_EQUAL(frames[0].caplen, 60);
		CU_ASSERT_EQUAL(frames[0].wirelen, 1000);
		live_close(live);
	}
	links_leave();
}

/* A block that is handed over every 100 ms would keep each of these for so long. */
static void frames_come_at_once(void)
{
	struct frame frames[FRAME_BATCH];
	int64_t shortest = INT64_MAX;
	struct live *live;

	if (links_enter()) {
		live = open_live("x0", NULL, (struct live_options){ .immediate = true });
		for (unsigned i = 0; i < 6; i++) {
			int64_t sent;

			links_send("x1", OURS, 1, FRAME_BYTES);
			sent = milliseconds();
			CU_ASSERT_EQUAL(live_next(live, frames, 500, NULL), 1);
			if (i > 0)
				shortest = MIN(shortest, milliseconds() - sent);
		}
		CU_ASSERT(shortest < 50);
		live_close(live);
	}
	links_leave();
}

static void the_kernel_filters(void)
{
	struct caught c = { 0 };
	struct live *live;

	if (links_enter()) {
		live = open_live("x0", NULL,
				 (struct live_options){ .filter = "ether proto 0x88b5" });
		for (unsigned i = 0; i < 10; i++) {
			links_send("x1", OTHERS, 10, FRAME_BYTES);
			links_send("x1", OURS, 1, FRAME_BYTES);
		}
		catch_frames(live, 11, 400, 0, &c);
		CU_ASSERT_EQUAL(c.ours, 10);
		CU_ASSERT_EQUAL(c.frames, 10);
		CU_ASSERT(c.good);
		live_stats(live);
		CU_ASSERT_EQUAL(live_interface(live, 0)->received, 10);
		live_close(live);
	}
	links_leave();
}

/* The flooded one could fill every batch for itself. */
static void interfaces_take_turns(void)
{
	struct frame frames[FRAME_BATCH];
	uint64_t seen[2] = { 0 };
	struct live *live;
	unsigned batches = 0;

	if (links_enter()) {
		live = open_live("x0", "y0", (struct live_options){ 0 });
		links_send("x1", OURS, 2000, FRAME_BYTES);
		links_send("y1", OURS, 10, FRAME_BYTES);
		usleep(300000); /* all of it is in the rings */
		while (seen[1] < 10 && batches < 3) {
			int n = live_next(live, frames, 0, NULL);

			CU_ASSERT_EQUAL(n, FRAME_BATCH);
			for (int i = 0; i < n; i++)
				seen[frames[i].iface]++;
			batches++;
		}
		CU_ASSERT_EQUAL(seen[1], 10);
		CU_ASSERT(batches <= 2);
		while (live_next(live, frames, 0, NULL) > 0)
			;
		CU_ASSERT_EQUAL(live_interface(live, 0)->frames, 2000);
		CU_ASSERT_EQUAL(live_interface(live, 1)->frames, 10);
		live_close(live);
	}
	links_leave();
}

/* Down is seen at once, up within the second; until then nothing comes. */
static void down_and_up_again(void)
{
	const struct live_interface *x0;
	struct caught c = { 0 };
	struct live *live;

	if (links_enter()) {
		live = open_live("x0", "y0", (struct live_options){ .promiscuous = true });
		x0 = live_interface(live, 0);
		links_send("x1", OURS, 10, FRAME_BYTES);
		catch_frames(live, 10, 1000, 0, &c);
		CU_ASSERT_EQUAL(c.ours, 10);
		CU_ASSERT(links_run("ip link set x0 down"));
		catch_frames(live, 11, 200, 0, &c);
		CU_ASSERT(!x0->up);
		CU_ASSERT_EQUAL(x0->downs, 1);
		links_send("y1", OURS, 5, FRAME_BYTES); /* the other one goes on */
		catch_frames(live, 15, 1000, 0, &c);
		CU_ASSERT_EQUAL(c.by_iface[1], 5);
		CU_ASSERT(links_run("ip link set x0 up"));
		links_send("x1", OURS, 10, FRAME_BYTES);
		catch_frames(live, 25, 1000, 0, &c);
		CU_ASSERT_EQUAL(c.ours, 25);
		wait_for(live, 0, true, &c);
		CU_ASSERT_EQUAL(x0->downs, 1);
		CU_ASSERT(c.good);
		live_stats(live);
		CU_ASSERT_EQUAL(x0->frames, 20);
		CU_ASSERT_EQUAL(x0->received, 20);
		live_close(live);
	}
	links_leave();
}

/* So soon that it is up when we look. */
static void down_for_a_moment(void)
{
	struct caught c = { 0 };
	struct live *live;

	if (links_enter()) {
		live = open_live("x0", NULL, (struct live_options){ 0 });
		CU_ASSERT(links_run("ip link set x0 down && ip link set x0 up"));
		links_send("x1", OURS, 1, FRAME_BYTES);
		catch_frames(live, 1, 500, 0, &c);
		CU_ASSERT_EQUAL(c.ours, 1);
		CU_ASSERT(live_interface(live, 0)->up);
		CU_ASSERT_EQUAL(live_interface(live, 0)->downs, 1);
		live_close(live);
	}
	links_leave();
}

static void down_when_opened(void)
{
	struct caught c = { 0 };
	struct live *live;

	if (links_enter()) {
		CU_ASSERT(links_run("ip link set x0 down"));
		live = open_live("x0", NULL, (struct live_options){ 0 });
		CU_ASSERT(!live_interface(live, 0)->up);
		catch_frames(live, 1, 200, 0, &c);
		CU_ASSERT(links_run("ip link set x0 up"));
		wait_for(live, 0, true, &c);
		CU_ASSERT_EQUAL(live_interface(live, 0)->downs, 0);
		links_send("x1", OURS, 3, FRAME_BYTES);
		catch_frames(live, 3, 1000, 0, &c);
		CU_ASSERT_EQUAL(c.ours, 3);
		live_close(live);
	}
	links_leave();
}

/* Frames that were in the ring still come; counters go on over the new handle. */
static void vanished_and_made_again(void)
{
	const struct live_interface *x0;
	struct caught c = { 0 };
	struct live *live;

	if (links_enter()) {
		live = open_live("x0", NULL, (struct live_options){ 0 });
		x0 = live_interface(live, 0);
		links_send("x1", OURS, 200, FRAME_BYTES);
		CU_ASSERT(links_run("ip link del x0"));
		catch_frames(live, 201, 1500, 0, &c);
		CU_ASSERT_EQUAL(c.ours, 200);
		CU_ASSERT(!x0->up);
		CU_ASSERT(links_run("ip link add x0 type veth peer name x1 && ip link set x0 up && "
				    "ip link set x1 up"));
		wait_for(live, 0, true, &c);
		CU_ASSERT_EQUAL(x0->downs, 1);
		links_send("x1", OURS, 5, FRAME_BYTES);
		catch_frames(live, 205, 1000, 0, &c);
		CU_ASSERT_EQUAL(c.ours, 205);
		CU_ASSERT(c.good);
		live_stats(live);
		CU_ASSERT_EQUAL(x0->frames, 205);
		CU_ASSERT_EQUAL(x0->received, 205);
		live_close(live);
	}
	links_leave();
}

/* As a program that has given up its rights does: those of this thread, for a while. */
static void give_up_rights(bool up)
{
	CU_ASSERT_EQUAL_FATAL(seteuid(up ? 65534 : 0), 0);
}

static void rights_are_needed_to_open_only(void)
{
	const struct live_interface *x0;
	struct caught c = { 0 };
	struct live *live;

	if (links_enter()) {
		live = open_live("x0", "y0", (struct live_options){ 0 });
		x0 = live_interface(live, 0);
		CU_ASSERT(links_run("ip link set x0 down"));
		give_up_rights(true);
		wait_for(live, 0, false, &c);
		give_up_rights(false);
		CU_ASSERT(links_run("ip link set x0 up"));
		links_send("x1", OURS, 5, FRAME_BYTES);
		give_up_rights(true);
		catch_frames(live, 5, 1000, 0, &c);
		CU_ASSERT_EQUAL(c.by_iface[0], 5);
		wait_for(live, 0, true, &c);
		give_up_rights(false);
		/* What is made anew would have to be opened anew. */
		CU_ASSERT(links_run(
			"ip link del x0 && ip link add x0 type veth && ip link set x0 up"));
		give_up_rights(true);
		catch_frames(live, 6, 2500, 0, &c);
		CU_ASSERT(!x0->up);
		CU_ASSERT_EQUAL(x0->downs, 2);
		give_up_rights(false);
		links_send("y1", OURS, 5, FRAME_BYTES);
		give_up_rights(true);
		catch_frames(live, 10, 1000, 0, &c);
		CU_ASSERT_EQUAL(c.by_iface[1], 5);
		give_up_rights(false);
		live_close(live);
	}
	links_leave();
}

static void every_frame_is_accounted_for(void)
{
	const uint64_t sent = 5000;
	const struct live_interface *x0;
	struct caught c = { 0 };
	struct live *live;

	if (links_enter()) {
		live = open_live("x0", NULL, (struct live_options){ .buffer_bytes = 512 << 10 });
		links_send("x1", OURS, (uint32_t)sent, 1000);
		catch_frames(live, sent, 500, 0, &c);
		x0 = live_interface(live, 0);
		live_stats(live);
		live_stats(live); /* counted once */
		CU_ASSERT(x0->kernel_drops > 0);
		CU_ASSERT_EQUAL(x0->received, sent);
		CU_ASSERT_EQUAL(x0->frames + x0->kernel_drops, sent);
		CU_ASSERT_EQUAL(c.frames, x0->frames);
		live_close(live);
	}
	links_leave();
}

/* One flow an interface is sent, so that one of them gets all of it. */
static void captures_share_an_interface(void)
{
	struct live_options options = { .fanout_group = 7 };
	struct caught one = { 0 }, other = { 0 };
	struct live *first, *second;

	if (links_enter()) {
		first = open_live("x0", "y0", options);
		second = open_live("x0", "y0", options);
		links_send("x1", OURS, 100, FRAME_BYTES);
		links_send("y1", OURS, 10, FRAME_BYTES);
		catch_frames(first, 111, 300, 0, &one);
		catch_frames(second, 111, 300, 0, &other);
		CU_ASSERT_EQUAL(one.by_iface[0] + other.by_iface[0], 100);
		CU_ASSERT(one.by_iface[0] == 0 || other.by_iface[0] == 0);
		CU_ASSERT_EQUAL(one.by_iface[1] + other.by_iface[1], 10);
		live_close(first);
		live_close(second);
	}
	links_leave();
}

static void any_is_all(void)
{
	struct caught c = { 0 };
	struct live *live;

	if (links_enter()) {
		live = open_live("any", NULL, (struct live_options){ .promiscuous = true });
		links_send("x1", OURS, 4, FRAME_BYTES); /* out of b and into a */
		links_send("y1", OURS, 4, FRAME_BYTES);
		catch_frames(live, 16, 1000, 0, &c);
		CU_ASSERT_EQUAL(c.ours, 16);
		CU_ASSERT(c.good);
		CU_ASSERT_EQUAL(c.linktype, 276);
		CU_ASSERT(live_interface(live, 0)->up);
		live_close(live);
	}
	links_leave();
}

static int refusal(const char *first, const char *second, const char *filter, struct fa_error *err)
{
	const char *names[] = { first, second };
	struct live_options options = {
		.interfaces = names,
		.interface_count = second != NULL ? 2 : 1,
		.filter = filter,
	};
	struct live *live = NULL;
	int status = live_open(&live, &options, err);

	CU_ASSERT_PTR_NULL(live);
	live_close(live);
	return status;
}

static void what_cannot_be_is_refused(void)
{
	struct live_options none = { 0 };
	struct live *live = NULL;
	struct fa_error err = { 0 };

	CU_ASSERT_EQUAL(live_open(&live, &none, &err), FA_EUSAGE);
	CU_ASSERT_EQUAL(refusal("x0", "x0", NULL, &err), FA_EUSAGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "x0 is given twice"));
	CU_ASSERT_EQUAL(refusal("x0", "any", NULL, &err), FA_EUSAGE);
	CU_ASSERT_EQUAL(refusal("x0", NULL, "tcp prot 443", &err), FA_EUSAGE);
	CU_ASSERT_EQUAL(strncmp(err.text, "filter \"tcp prot 443\": ", 23), 0);
	if (links_enter()) {
		CU_ASSERT_EQUAL(refusal("x0", "nosuch0", NULL, &err), FA_EIO);
		CU_ASSERT_STRING_EQUAL(err.text, "nosuch0: there is no such network interface; "
						 "there are: lo, x1, x0, y1, y0, any");
		CU_ASSERT_EQUAL(refusal("a-name-that-is-too-long", NULL, NULL, &err), FA_EIO);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no such network interface"));
	}
	links_leave();
}

static void who_may_not_is_told_how(void)
{
	struct fa_error err = { 0 };

	if (links_enter()) {
		give_up_rights(true);
		CU_ASSERT_EQUAL(refusal("y0", NULL, NULL, &err), FA_EIO);
		give_up_rights(false);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "y0: not permitted to capture; "
							"run as root, or once: setcap "));
	}
	links_leave();
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void a_signal_ends_the_wait(void)
{
	struct sigaction action = { .sa_handler = on_alarm }, old;
	struct itimerval timer = { .it_value = { .tv_usec = 100000 } };
	struct frame frames[FRAME_BATCH];
	struct live *live;
	int64_t begin;

	if (links_enter()) {
		live = open_live("x0", NULL, (struct live_options){ 0 });
		CU_ASSERT_EQUAL(live_next(live, frames, 0, NULL), 0);
		CU_ASSERT_EQUAL_FATAL(sigaction(SIGALRM, &action, &old), 0);
		CU_ASSERT_EQUAL(setitimer(ITIMER_REAL, &timer, NULL), 0);
		begin = milliseconds();
		CU_ASSERT_EQUAL(live_next(live, frames, -1, NULL), 0);
		CU_ASSERT(milliseconds() - begin < 600);
		CU_ASSERT_EQUAL(sigaction(SIGALRM, &old, NULL), 0);
		live_close(live);
	}
	links_leave();
	live_close(NULL);
}

extern CU_TestInfo tests_live[];
CU_TestInfo tests_live[] = {
	{ "frames are delivered with their bytes, numbers and times", frames_are_delivered_whole },
	{ "frames are cut to the snap length", frames_are_cut },
	{ "immediate frames come at once", frames_come_at_once },
	{ "the kernel leaves out what the filter does", the_kernel_filters },
	{ "a flooded interface does not starve another", interfaces_take_turns },
	{ "an interface that goes down and up again goes on", down_and_up_again },
	{ "an interface that was down for a moment was down", down_for_a_moment },
	{ "an interface that is down at first begins when it is up", down_when_opened },
	{ "an interface that vanished is opened again, its last frames are not lost",
	  vanished_and_made_again },
	{ "rights are needed to open an interface only", rights_are_needed_to_open_only },
	{ "every frame sent is delivered or counted as dropped", every_frame_is_accounted_for },
	{ "captures of a fanout group share an interface by flow", captures_share_an_interface },
	{ "any captures from all interfaces, by a header that names them", any_is_all },
	{ "what cannot be captured from is refused, with what can", what_cannot_be_is_refused },
	{ "who may not capture is told how to", who_may_not_is_told_how },
	{ "a signal ends the wait", a_signal_ends_the_wait },
	CU_TEST_INFO_NULL,
};

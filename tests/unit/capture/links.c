/* A network namespace of the calling thread alone. */
#include "capture/links.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

/* Where the thread came from, or -1. */
static int home = -1;

bool links_run(const char *command)
{
	return system(command) == 0;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		(void)!write(fd, text, strlen(text));
		(void)close(fd);
	}
}

bool links_enter(void)
{
	bool made;

	home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (home < 0 || !links_run("exec ip -V >/dev/null 2>&1") || unshare(CLONE_NEWNET) != 0) {
		printf("(no network namespace: not tested) ");
		if (home >= 0)
			(void)close(home);
		home = -1;
		return false;
	}
	/* Else the kernel sends neighbour discovery of its own. */
	write_file("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	made = links_run("ip link add x0 type veth peer name x1 && "
			 "ip link add y0 type veth peer name y1 && "
			 "for i in lo x0 x1 y0 y1; do ip link set $i up || exit 1; done");
	CU_ASSERT(made);
	return made;
}

void links_leave(void)
{
	if (home >= 0) {
		CU_ASSERT_EQUAL(setns(home, CLONE_NEWNET), 0);
		(void)close(home);
	}
	home = -1;
}

void links_send(const char *name, unsigned ethertype, uint32_t count, size_t len)
{
	unsigned char frame[2048] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = 6 };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	CU_ASSERT_FATAL(fd >= 0 && len <= sizeof(frame));
	to.sll_ifindex = (int)if_nametoindex(name);
	frame[12] = (unsigned char)(ethertype >> 8);
	frame[13] = (unsigned char)ethertype;
	for (uint32_t i = 1; i <= count; i++) {
		uint32_t n = htonl(i);

		memcpy(frame + 14, &n, sizeof(n));
		memset(frame + 18, (int)(i & 0xff), len - 18);
		CU_ASSERT_EQUAL(sendto(fd, frame, len, 0, (struct sockaddr *)&to, sizeof(to)),
				(ssize_t)len);
	}
	(void)close(fd);
}

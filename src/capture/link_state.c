/* RTM_GETLINK: one request, one answer. */
#include "capture/link_state.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "base/util.h"

/* More than the kernel ever makes of one interface when virtual functions are not asked for. */
#define ANSWER_MAX 16384

struct question {
	struct nlmsghdr head;
	struct ifinfomsg info;
	struct rtattr attribute;
	char name[IFNAMSIZ];
};

int link_socket(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

static bool ask(int fd, const char *name)
{
	struct question question = {
		.head = { .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST },
		.info = { .ifi_family = AF_UNSPEC },
		.attribute = { .rta_type = IFLA_IFNAME },
	};
	size_t len = strlen(name) + 1;
	ssize_t sent;

	question.attribute.rta_len = (unsigned short)RTA_LENGTH(len);
	question.head.nlmsg_len = (uint32_t)(offsetof(struct question, name) + RTA_ALIGN(len));
	memcpy(question.name, name, len);
	sent = send(fd, &question, question.head.nlmsg_len, 0);
	return sent == (ssize_t)question.head.nlmsg_len;
}

/* What the attributes behind the head tell. */
static void attributes(const struct nlmsghdr *head, struct link_state *state)
{
	const unsigned char *at =
		(const unsigned char *)NLMSG_DATA(head) + NLMSG_ALIGN(sizeof(struct ifinfomsg));
	const unsigned char *end = (const unsigned char *)head + head->nlmsg_len;
	struct rtnl_link_stats64 stats = { 0 };
	struct rtattr attribute;

	while ((size_t)(end - at) >= sizeof(attribute)) {
		memcpy(&attribute, at, sizeof(attribute));
		if (attribute.rta_len < sizeof(attribute) || attribute.rta_len > end - at)
			break;
		/* Its length is that of the kernel's release. */
		if (attribute.rta_type == IFLA_STATS64)
			memcpy(&stats, at + RTA_LENGTH(0),
			       MIN(RTA_PAYLOAD(&attribute), sizeof(stats)));
		if (RTA_ALIGN(attribute.rta_len) >= end - at)
			break;
		at += RTA_ALIGN(attribute.rta_len);
	}
	state->missed = stats.rx_missed_errors + stats.rx_fifo_errors;
}

int link_ask(int fd, const char *name, struct link_state *state)
{
	_Alignas(struct nlmsghdr) unsigned char answer[ANSWER_MAX];
	const struct nlmsghdr *head = (const struct nlmsghdr *)answer;
	struct nlmsgerr refusal;
	struct ifinfomsg info;
	ssize_t n;

	if (strlen(name) >= IFNAMSIZ)
		return 0;
	if (!ask(fd, name))
		return -1;
	/* The kernel has answered before send() returned. */
	n = recv(fd, answer, sizeof(answer), MSG_DONTWAIT);
	if (n < (ssize_t)sizeof(*head) || head->nlmsg_len > (size_t)n)
		return -1;
	if (head->nlmsg_type == NLMSG_ERROR && head->nlmsg_len >= NLMSG_LENGTH(sizeof(refusal))) {
		memcpy(&refusal, NLMSG_DATA(head), sizeof(refusal));
		return refusal.error == -ENODEV ? 0 : -1;
	}
	if (head->nlmsg_type != RTM_NEWLINK || head->nlmsg_len < NLMSG_LENGTH(sizeof(info)))
		return -1;
	memcpy(&info, NLMSG_DATA(head), sizeof(info));
	state->index = info.ifi_index;
	state->up = (info.ifi_flags & IFF_UP) != 0;
	attributes(head, state);
	return 1;
}

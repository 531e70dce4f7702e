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

union answer {
	struct nlmsghdr head;
	unsigned char bytes[ANSWER_MAX];
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

/* What the attributes behind the head tell; @len is that of the whole answer. */
static void take_attributes(const union answer *answer, size_t len, struct link_state *state)
{
	size_t at = NLMSG_SPACE(sizeof(struct ifinfomsg));
	struct rtnl_link_stats64 stats = { 0 };
	struct rtattr attribute;

	while (at < len && len - at >= sizeof(attribute)) {
		memcpy(&attribute, answer->bytes + at, sizeof(attribute));
		if (attribute.rta_len < sizeof(attribute) || attribute.rta_len > len - at)
			break;
		/* As long as this kernel's release has it. */
		if (attribute.rta_type == IFLA_STATS64)
			memcpy(&stats, answer->bytes + at + RTA_LENGTH(0),
			       MIN(RTA_PAYLOAD(&attribute), sizeof(stats)));
		at += RTA_ALIGN(attribute.rta_len);
	}
	state->missed = stats.rx_missed_errors + stats.rx_fifo_errors;
}

static int take_refusal(const union answer *answer, size_t len)
{
	struct nlmsgerr refusal;

	if (len < NLMSG_LENGTH(sizeof(refusal)))
		return -1;
	memcpy(&refusal, answer->bytes + NLMSG_HDRLEN, sizeof(refusal));
	return refusal.error == -ENODEV ? 0 : -1;
}

int link_ask(int fd, const char *name, struct link_state *state)
{
	union answer answer;
	struct ifinfomsg info;
	ssize_t n;

	if (name[0] == '\0' || strlen(name) >= IFNAMSIZ)
		return 0;
	if (!ask(fd, name))
		return -1;
	/* The kernel has answered before send() returned. */
	n = recv(fd, &answer, sizeof(answer), MSG_DONTWAIT);
	if (n < (ssize_t)sizeof(answer.head) || answer.head.nlmsg_len > (size_t)n)
		return -1;
	if (answer.head.nlmsg_type == NLMSG_ERROR)
		return take_refusal(&answer, answer.head.nlmsg_len);
	if (answer.head.nlmsg_type != RTM_NEWLINK ||
	    answer.head.nlmsg_len < NLMSG_LENGTH(sizeof(info)))
		return -1;
	memcpy(&info, answer.bytes + NLMSG_HDRLEN, sizeof(info));
	state->index = info.ifi_index;
	state->up = (info.ifi_flags & IFF_UP) != 0;
	take_attributes(&answer, answer.head.nlmsg_len, state);
	return 1;
}

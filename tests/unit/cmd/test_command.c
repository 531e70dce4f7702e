/* Diagnostics (cmd/command.c). */
#include "cmd/command.h"

#include <string.h>

#include <CUnit/CUnit.h>

#include "cmd/complaints.h"

static int complain(const char *what)
{
	command_complain("%s: %d", what, 7);
	return 0;
}

static void one_line(void)
{
	SAYS(complain("x.pcap"), 0, "flowaudit: x.pcap: 7\n");
}

static void control_bytes(void)
{
	SAYS(complain("a\nb\x1b[31m\x7f\x01\tz"), 0, "flowaudit: a?b?[31m???z: 7\n");
	/* UTF-8 passes. */
	SAYS(complain("\xc3\xa4"), 0, "flowaudit: \xc3\xa4: 7\n");
}

static void long_text(void)
{
	struct complaints said;
	char text[4000];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	complaints_begin(&said, 2);
	complain(text);
	complaints_end(&said);
	CU_ASSERT_EQUAL(strlen(said.text), strlen("flowaudit: ") + 2047 + 1);
	CU_ASSERT_EQUAL(said.text[strlen(said.text) - 1], '\n');
}

extern CU_TestInfo tests_command[];
CU_TestInfo tests_command[] = { { "a complaint is one line on standard error", one_line },
				{ "control bytes cannot reach a terminal", control_bytes },
				{ "a long complaint is cut", long_text },
				CU_TEST_INFO_NULL };

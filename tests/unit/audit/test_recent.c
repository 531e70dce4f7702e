/* Live judgement: when a verdict is told, that it is told once, and that it is the same. */
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/trap.h"
#include "audit/vigil.h"
#include "packet/facts.h"

/* A trap's site and tape, and a vigil that plays it. */
struct night {
	struct trap t;
	struct vigil v;
};

static void night_open(struct night *n)
{
	trap_open(&n->t);
	vigil_open(&n->v, n->t.policy);
}

static void night_close(struct night *n)
{
	vigil_close(&n->v);
	trap_close(&n->t);
}

/* What is on the tape passes the wire. */
static void night_play(struct night *n)
{
	const char *path = tape_save(&n->t.dir, "night.pcap", &n->t.tape);

	tape_begin(&n->t.tape);
	vigil_play(&n->v, path);
}

static void refused_is_told_at_once(void)
{
	struct night *n = calloc(1, sizeof(*n));
	const struct vigil_news *news;

	night_open(n);
	call_works(&n->t.tape, TAPE_T0, USER ":50000", FRONT ":443");
	tape_tcp(&n->t.tape, TAPE_T0 + TAPE_S, USER ":50001", FRONT ":5061", TCP_SYN, 1000, 0, "");
	tape_tcp(&n->t.tape, TAPE_T0 + TAPE_S + TAPE_MS, FRONT ":5061", USER ":50001",
		 TCP_RST | TCP_ACK, 0, 1001, "");
	night_play(n);
	vigil_wait(&n->v, TAPE_T0 + 10 * TAPE_S);
	news = vigil_told(&n->v, n->v.frames - 1, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(news);
	CU_ASSERT_EQUAL(news->verdict, VERDICT_BLOCKED);
	CU_ASSERT_EQUAL(news->outcome, OUTCOME_REFUSED);
	CU_ASSERT(news->alive);
	CU_ASSERT(news->ns - (TAPE_T0 + TAPE_S) <= 3 * TAPE_S);
	/* Its end says nothing new, and counts once. */
	vigil_end(&n->v);
	CU_ASSERT_PTR_NULL(vigil_told(&n->v, n->v.frames - 1, 1));
	CU_ASSERT_EQUAL(n->v.tally.ended.verdicts[VERDICT_BLOCKED], 1);
	night_close(n);
	free(n);
}

static void prohibited_is_told_at_once(void)
{
	struct night *n = calloc(1, sizeof(*n));
	const struct vigil_news *news;

	night_open(n);
	tape_tcp(&n->t.tape, TAPE_T0, USER ":50001", FRONT ":443", TCP_SYN, 1000, 0, "");
	tape_icmp(&n->t.tape, TAPE_T0 + TAPE_MS, ROUTER, 3, 13);
	night_play(n);
	vigil_wait(&n->v, TAPE_T0 + 5 * TAPE_S);
	news = vigil_told(&n->v, 1, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(news);
	CU_ASSERT_EQUAL(news->outcome, OUTCOME_PROHIBITED);
	CU_ASSERT(news->ns - TAPE_T0 <= 3 * TAPE_S);
	night_close(n);
	free(n);
}

/* A client that is dropped, beside one that works: when is it told? */
static void play_dropped(struct night *n)
{
	static const int at[] = { 0, 1, 3, 7, 15 };

	call_works(&n->t.tape, TAPE_T0, USER ":50000", FRONT ":443");
	for (size_t i = 0; i < ARRAY_SIZE(at); i++)
		tape_tcp(&n->t.tape, TAPE_T0 + (1 + at[i]) * TAPE_S, USER ":50001", FRONT ":5061",
			 TCP_SYN, 1000, 0, "");
}

static void silence_is_told_when_the_attempt_is_over(void)
{
	struct night *n = calloc(1, sizeof(*n));
	const struct vigil_news *news;
	uint64_t syn;

	night_open(n);
	play_dropped(n);
	syn = n->t.tape.frames - 4;
	night_play(n);
	vigil_wait(&n->v, TAPE_T0 + 25 * TAPE_S);
	CU_ASSERT_PTR_NULL(vigil_told(&n->v, syn, 0));
	vigil_wait(&n->v, TAPE_T0 + 40 * TAPE_S);
	news = vigil_told(&n->v, syn, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(news);
	CU_ASSERT_EQUAL(news->verdict, VERDICT_BLOCKED);
	CU_ASSERT_EQUAL(news->outcome, OUTCOME_NO_REPLY);
	CU_ASSERT(news->ns - (TAPE_T0 + TAPE_S) <= 28 * TAPE_S);
	night_close(n);
	free(n);
}

static void an_answer_that_comes_late_is_told_as_a_revision(void)
{
	struct night *n = calloc(1, sizeof(*n));
	const struct vigil_news *news;
	struct call c;
	uint64_t syn;

	night_open(n);
	play_dropped(n);
	syn = n->t.tape.frames - 4;
	night_play(n);
	vigil_wait(&n->v, TAPE_T0 + 32 * TAPE_S);
	/* The next try goes through. */
	call_begin(&c, &n->t.tape, TAPE_T0 + 33 * TAPE_S, USER ":50001", FRONT ":5061");
	c.seq[0] = 1000;
	call_open(&c);
	call_tls(&c, CALL_MUTUAL, CALL_WHOLE);
	night_play(n);
	vigil_wait(&n->v, TAPE_T0 + 60 * TAPE_S);
	vigil_end(&n->v);
	CU_ASSERT_PTR_NOT_NULL_FATAL(vigil_told(&n->v, syn, 0));
	news = vigil_told(&n->v, syn, 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(news);
	CU_ASSERT_EQUAL(news->verdict, VERDICT_EXPECTED);
	CU_ASSERT_EQUAL(news->told, VERDICT_BLOCKED + 1);
	CU_ASSERT_EQUAL(n->v.tally.ended.verdicts[VERDICT_BLOCKED], 0);
	night_close(n);
	free(n);
}

static void what_the_kernel_dropped_makes_silence_inconclusive(void)
{
	struct night *n = calloc(1, sizeof(*n));
	uint64_t syn;

	night_open(n);
	n->v.drops = 7;
	play_dropped(n);
	syn = n->t.tape.frames - 4;
	night_play(n);
	vigil_wait(&n->v, TAPE_T0 + 40 * TAPE_S);
	CU_ASSERT_PTR_NULL(vigil_told(&n->v, syn, 0));
	vigil_end(&n->v);
	CU_ASSERT_EQUAL(n->v.tally.ended.verdicts[VERDICT_INCONCLUSIVE], 1);
	CU_ASSERT_EQUAL(n->v.tally.ended.verdicts[VERDICT_BLOCKED], 0);
	night_close(n);
	free(n);
}

static void undocumented_is_told_while_it_lives(void)
{
	struct night *n = calloc(1, sizeof(*n));
	const struct vigil_news *news;
	struct call c;

	night_open(n);
	call_begin(&c, &n->t.tape, TAPE_T0, USER ":50001", FRONT ":8059");
	call_open(&c);
	call_tls(&c, CALL_PLAIN, CALL_WHOLE);
	night_play(n);
	vigil_wait(&n->v, TAPE_T0 + 9 * TAPE_S);
	news = vigil_told(&n->v, 1, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(news);
	CU_ASSERT_EQUAL(news->verdict, VERDICT_UNEXPECTED);
	CU_ASSERT(news->alive);
	night_close(n);
	free(n);
}

/* A relay that answers no more: was it blocked?  @later_s after the client reached another port. */
static bool is_told_blocked(int64_t later_s)
{
	struct night *n = calloc(1, sizeof(*n));
	int64_t at = TAPE_T0 + later_s * TAPE_S;
	bool told = false;

	night_open(n);
	call_works(&n->t.tape, TAPE_T0, REMOTE ":40001", RELAY ":443");
	/* Of datagrams, silence is a block only beside a control. */
	for (unsigned s = 0; s < 7; s++)
		call_stun(&n->t.tape, at + s * TAPE_S / 2, REMOTE ":40000", RELAY ":3478",
			  MSTURN_ALLOCATE, 1);
	call_works(&n->t.tape, at + 4 * TAPE_S, USER ":50000", FRONT ":443");
	night_play(n);
	vigil_wait(&n->v, at + 40 * TAPE_S);
	for (unsigned k = 0; k < n->v.news_count; k++)
		told |= n->v.news[k].verdict == VERDICT_BLOCKED;
	night_close(n);
	free(n);
	return told;
}

static void a_control_is_remembered_for_two_spans(void)
{
	int64_t span_s = RECENT_SPAN_NS / NS_PER_S;

	CU_ASSERT(is_told_blocked(100));
	CU_ASSERT(is_told_blocked(span_s + 100));
	CU_ASSERT(!is_told_blocked(3 * span_s));
}

static int by_frame(const void *a, const void *b)
{
	const struct vigil_news *x = a, *y = b;

	return x->first_frame < y->first_frame ? -1 : x->first_frame > y->first_frame;
}

/* Held one after another, as records of flows are read: the last word of each. */
static void last_words(struct vigil *v)
{
	unsigned count = 0;

	qsort(v->news, v->news_count, sizeof(v->news[0]), by_frame);
	for (unsigned i = 0; i < v->news_count; i++)
		if (i + 1 == v->news_count || v->news[i + 1].first_frame != v->news[i].first_frame)
			v->news[count++] = v->news[i];
	v->news_count = count;
}

/*
 * A capture played live says in the end what it says when it is audited.  False for one that
 * cannot be read to its end, or has no flow.
 */
static bool same_as_offline(struct night *n, const char *path)
{
	struct fa_error err;
	const struct ledger *l;
	int status;

	if (pipeline_open(n->t.pipe, path, &err) != 0)
		return false;
	do
		status = pipeline_step(n->t.pipe, &err);
	while (status == 1);
	if (status != 0)
		return false;
	CU_ASSERT_EQUAL_FATAL(pipeline_finish(n->t.pipe, &err), 0);
	l = pipeline_ledger(n->t.pipe);
	if (l->flow_count == 0)
		return false;
	vigil_play(&n->v, path);
	vigil_end(&n->v);
	last_words(&n->v);
	CU_ASSERT_EQUAL(n->v.news_count, l->flow_count);
	for (size_t i = 0; i < l->flow_count && i < n->v.news_count; i++) {
		const struct judged *f = &l->flows[i];
		const struct vigil_news *news = &n->v.news[i];

		/* What is inconclusive may be so for another reason: less was seen by then. */
		if (f->verdict != news->verdict ||
		    (f->outcome != news->outcome && f->verdict != VERDICT_INCONCLUSIVE)) {
			fprintf(stderr, "\n%s: frame %llu %s %s, live frame %llu %s %s\n", path,
				(unsigned long long)f->first_frame,
				verdict_name((enum verdict)f->verdict),
				outcome_name((enum outcome)f->outcome),
				(unsigned long long)news->first_frame,
				verdict_name((enum verdict)news->verdict),
				outcome_name((enum outcome)news->outcome));
			CU_FAIL("another conclusion");
		}
	}
	return true;
}

/* All captures of a directory.  Return: how many */
static int all_say_the_same(const char *dir)
{
	struct dirent **files;
	int count = scandir(dir, &files, NULL, alphasort), played = 0;

	for (int i = 0; i < count; i++) {
		struct night *n = calloc(1, sizeof(*n));
		char path[1024];

		if (strstr(files[i]->d_name, "cap") != NULL) {
			snprintf(path, sizeof(path), "%s/%s", dir, files[i]->d_name);
			night_open(n);
			played += same_as_offline(n, path);
			night_close(n);
		}
		free(files[i]);
		free(n);
	}
	if (count >= 0)
		free(files);
	return played;
}

static void recordings_say_the_same_live(void)
{
	CU_ASSERT(all_say_the_same("pcaps/recorded") > 10);
}

static void captures_of_others_say_the_same_live(void)
{
	const char *shared = getenv("FLOWAUDIT_SHARED");
	char dir[512];

	snprintf(dir, sizeof(dir), "%s/captures", shared == NULL ? "../shared" : shared);
	if (all_say_the_same(dir) == 0)
		printf("(no shared captures: skipped) ");
}

extern CU_TestInfo tests_recent[];
CU_TestInfo tests_recent[] = {
	{ "a refused attempt is told at once, and once", refused_is_told_at_once },
	{ "a prohibited attempt is told at once", prohibited_is_told_at_once },
	{ "silence is told when the attempt is over, and not before",
	  silence_is_told_when_the_attempt_is_over },
	{ "an answer that comes late is told as a revision",
	  an_answer_that_comes_late_is_told_as_a_revision },
	{ "what the kernel dropped makes silence inconclusive",
	  what_the_kernel_dropped_makes_silence_inconclusive },
	{ "an undocumented flow is told while it lives", undocumented_is_told_while_it_lives },
	{ "a control is remembered for two spans", a_control_is_remembered_for_two_spans },
	{ "every recording says in the end what its audit says", recordings_say_the_same_live },
	{ "and so do captures of others", captures_of_others_say_the_same_live },
	CU_TEST_INFO_NULL
};

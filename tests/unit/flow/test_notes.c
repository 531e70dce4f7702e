/* Notes of flows in records of two sizes. */
#include "flow/notes.h"

#include "fixture.h"

static void brief_becomes_cold(void)
{
	struct flow_notebook book;
	struct flow_notes room;
	const struct flow_notes *notes;
	struct flow flow = { 0 };
	struct flow_cold *cold;

	CU_ASSERT_EQUAL_FATAL(flow_notebook_init(&book, 4), 0);
	CU_ASSERT_PTR_NULL(flow_notebook_read(&book, flow.notes, &room));
	CU_ASSERT_PTR_NULL(flow_notebook_find(&book, flow.notes));
	flow_data_add(flow_notebook_add_data(&book, &flow), 1, 7, 70, 33);
	flow_data_add(flow_notebook_add_data(&book, &flow), 1, 8, 80, 11);
	CU_ASSERT_EQUAL(book.brief.used, 1);
	CU_ASSERT_EQUAL(book.cold.used, 0);
	CU_ASSERT_PTR_NULL(flow_notebook_find(&book, flow.notes));
	notes = flow_notebook_read(&book, flow.notes, &room);
	CU_ASSERT_PTR_EQUAL_FATAL(notes, &room);
	CU_ASSERT_EQUAL(notes->data.frame[1], 7);
	CU_ASSERT_EQUAL(notes->data.bytes[1], 44);
	CU_ASSERT_EQUAL(notes->icmp.count, 0);

	cold = flow_notebook_add_cold(&book, &flow);
	cold->notes.icmp.count = 1;
	flow_data_add(flow_notebook_add_data(&book, &flow), 0, 9, 90, 5);
	CU_ASSERT_PTR_EQUAL(flow_notebook_add_cold(&book, &flow), cold);
	CU_ASSERT_PTR_EQUAL(flow_notebook_find(&book, flow.notes), cold);
	CU_ASSERT_EQUAL(book.brief.used, 0);
	CU_ASSERT_EQUAL(book.cold.used, 1);
	notes = flow_notebook_read(&book, flow.notes, &room);
	CU_ASSERT_PTR_EQUAL_FATAL(notes, &cold->notes);
	CU_ASSERT_EQUAL(notes->data.frame[1], 7);
	CU_ASSERT_EQUAL(notes->data.packets[1], 2);
	CU_ASSERT_EQUAL(notes->data.frame[0], 9);
	flow_notebook_give(&book, flow.notes);
	CU_ASSERT_EQUAL(book.cold.used, 0);
	flow_notebook_free(&book);
}

static void room_does_not_keep_another(void)
{
	struct flow_notebook book;
	struct flow_notes room;
	struct flow flow = { 0 };

	memset(&room, 0xff, sizeof(room));
	CU_ASSERT_EQUAL_FATAL(flow_notebook_init(&book, 2), 0);
	flow_data_add(flow_notebook_add_data(&book, &flow), 0, 1, 10, 1);
	(void)flow_notebook_read(&book, flow.notes, &room);
	CU_ASSERT_EQUAL(room.syn.count, 0);
	CU_ASSERT_EQUAL(room.data.packets[0], 1);
	CU_ASSERT_EQUAL(room.data.packets[1], 0);
	/* A record that was given back comes again without what it held. */
	flow_notebook_give(&book, flow.notes);
	flow.notes = 0;
	CU_ASSERT_EQUAL(flow_notebook_add_data(&book, &flow)->packets[0], 0);
	flow_notebook_free(&book);
}

static void datagrams_have_no_cold_record(void)
{
	struct flow_table_options o = fix_small(8);
	struct flow_table *t = fix_table(&o);
	struct facts udp = fix_udp(1, FIX_T0), syn = fix_syn(2, FIX_T0);
	uint32_t id;

	fix_payload(&udp, "12345678", 8);
	id = fix_take(t, &udp);
	CU_ASSERT_NOT_EQUAL(flow_table_flow(t, id)->notes & FLOW_NOTES_BRIEF, 0);
	id = fix_take(t, &syn);
	CU_ASSERT_EQUAL(flow_table_flow(t, id)->notes & FLOW_NOTES_BRIEF, 0);
	flow_table_free(t);
}

CU_TestInfo tests_notes[] = {
	{ "a brief record grows into a cold one, and nothing is lost", brief_becomes_cold },
	{ "brief notes are read without a trace of others", room_does_not_keep_another },
	{ "a flow of datagrams has no cold record, a connection has",
	  datagrams_have_no_cold_record },
	CU_TEST_INFO_NULL,
};

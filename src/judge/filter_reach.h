/* Could a capture filter have left out answers and kept what they answer? */
#ifndef FA_JUDGE_FILTER_REACH_H
#define FA_JUDGE_FILTER_REACH_H

/* In order: the later leaves out more. */
enum filter_reach {
	FILTER_BOTH_WAYS, /* ports and protocols: a packet passes as its answer does */
	FILTER_ADDRESSES, /* hosts or networks: an answer from another address is left out */
	FILTER_ONE_WAY,   /* directions, flags, sizes: any answer may be */
};

/* @expression: in the language of pcap-filter(7); "" passes everything. */
enum filter_reach filter_reach(const char *expression);

#endif

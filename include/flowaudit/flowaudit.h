/*
 * libflowaudit: does traffic match the documentation?
 *
 * Create an audit, set what differs from the defaults, activate it, read
 * captures, finish, then report or ask.  New settings never break callers.
 * One audit is used by one thread at a time; different audits are independent.
 *
 * Functions that can fail return 0 or a negative enum flowaudit_code and write
 * one line for a person, without newline, into the caller's buffer of
 * FLOWAUDIT_ERROR_TEXT bytes.  Nothing is printed.
 *
 *	struct flowaudit *fa = flowaudit_create();
 *	char err[FLOWAUDIT_ERROR_TEXT];
 *
 *	flowaudit_set_site(fa, "contoso.yaml");
 *	if (flowaudit_activate(fa, err) == 0 &&
 *	    flowaudit_read(fa, "edge.pcapng", err) == 0 &&
 *	    flowaudit_finish(fa, err) == 0)
 *		flowaudit_report(fa, "text", "-", 0, err);
 *	flowaudit_destroy(fa);
 */
#ifndef FLOWAUDIT_FLOWAUDIT_H
#define FLOWAUDIT_FLOWAUDIT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FLOWAUDIT_API        __attribute__((visibility("default")))
#define FLOWAUDIT_ERROR_TEXT 1024

enum flowaudit_code {
	FLOWAUDIT_OK = 0,
	FLOWAUDIT_ENOMEM = -1,  /* memory, or a limit that was given */
	FLOWAUDIT_EIO = -2,     /* open, read or write failed */
	FLOWAUDIT_EFORMAT = -3, /* not a capture, pack or site */
	FLOWAUDIT_ETRUNCATED = -4,
	FLOWAUDIT_EUNSUPPORTED = -5,
	FLOWAUDIT_EUSAGE = -6, /* cannot be done, or not at this time */
	FLOWAUDIT_EEMPTY = -7, /* a file of 0 bytes */
};

enum flowaudit_verdict {
	FLOWAUDIT_EXPECTED,
	FLOWAUDIT_UNEXPECTED,
	FLOWAUDIT_BLOCKED,
	FLOWAUDIT_REJECTED,
	FLOWAUDIT_MISMATCH,
	FLOWAUDIT_INCONCLUSIVE,
	FLOWAUDIT_VERDICTS
};

enum flowaudit_row_state {
	FLOWAUDIT_ROW_SEEN,
	FLOWAUDIT_ROW_BLOCKED,
	FLOWAUDIT_ROW_MISMATCH,
	FLOWAUDIT_ROW_INCONCLUSIVE,
	FLOWAUDIT_ROW_EXPIRED,
	FLOWAUDIT_ROW_NOT_SEEN
};

struct flowaudit; /* one audit; opaque */

/* The library's version, "0.1.0". */
FLOWAUDIT_API const char *flowaudit_version(void);

/* NULL without memory.  flowaudit_destroy(NULL) is fine. */
FLOWAUDIT_API struct flowaudit *flowaudit_create(void);
FLOWAUDIT_API void flowaudit_destroy(struct flowaudit *fa);

/*
 * Settings, before flowaudit_activate(); later they return FLOWAUDIT_EUSAGE.
 * Strings are copied.
 */

/* Name of an installed pack or a path; call again for more.  Without a call
 * every Lync Server 2013 pack of the source documents is used. */
FLOWAUDIT_API int flowaudit_add_rules(struct flowaudit *fa, const char *pack);
FLOWAUDIT_API int flowaudit_set_site(struct flowaudit *fa, const char *path);
/* BPF expression: frames that do not match are counted and left out. */
FLOWAUDIT_API int flowaudit_set_filter(struct flowaudit *fa, const char *expression);
/* Live flows at most (default 4194304); 1 .. 2^27. */
FLOWAUDIT_API int flowaudit_set_max_flows(struct flowaudit *fa, uint32_t flows);
/* Key of the hash tables; 0, the default, takes a random one.  Results never depend on it. */
FLOWAUDIT_API int flowaudit_set_seed(struct flowaudit *fa, uint64_t seed);
/* Frames handled at a time, 1..64 (default 64).  Results never depend on it. */
FLOWAUDIT_API int flowaudit_set_batch(struct flowaudit *fa, unsigned frames);
/* Threads at most, 1..1024 (default 2): with two a packed capture is unpacked beside the
 * audit.  Results never depend on it. */
FLOWAUDIT_API int flowaudit_set_threads(struct flowaudit *fa, unsigned threads);
/* Seconds after which an unanswered attempt is judged (default 25). */
FLOWAUDIT_API int flowaudit_set_attempt_timeout(struct flowaudit *fa, unsigned seconds);
/* Verify IP, TCP and UDP checksums of every packet (default off: of a sample). */
FLOWAUDIT_API int flowaudit_set_checksums(struct flowaudit *fa, int on);
/* Count every copy of a packet that was captured twice (default off: the first one counts). */
FLOWAUDIT_API int flowaudit_set_keep_duplicates(struct flowaudit *fa, int on);
/* Flows of different VLANs are different flows (default off). */
FLOWAUDIT_API int flowaudit_set_vlan_in_key(struct flowaudit *fa, int on);
/* Verdicts that count as findings, set of 1 << enum flowaudit_verdict
 * (default unexpected, blocked, mismatch). */
FLOWAUDIT_API int flowaudit_set_fail_on(struct flowaudit *fa, unsigned verdicts);
/* Inconclusive flows, truncated captures and the like change the exit status (default off). */
FLOWAUDIT_API int flowaudit_set_strict(struct flowaudit *fa, int on);
/* Required rows that were not seen are findings (default off). */
FLOWAUDIT_API int flowaudit_set_require(struct flowaudit *fa, int on);
/* Ask nDPI for the names of flows that flowaudit itself cannot identify (default off).  Names
 * are for the reader: no verdict, row or exit status depends on them.  FLOWAUDIT_EUNSUPPORTED
 * in a library built without nDPI.  While an audit with names is activated or destroyed, no
 * other one may be: nDPI sets up state of the whole process. */
FLOWAUDIT_API int flowaudit_set_name_unknown(struct flowaudit *fa, int on);

/* Frames will come from interfaces: flowaudit_watch_open() (default off). */
FLOWAUDIT_API int flowaudit_set_live(struct flowaudit *fa, int on);

/**
 * flowaudit_activate() - Load packs and site, take all memory
 *
 * When packs or site are wrong, every complaint is kept: flowaudit_problem().
 * Call once; after a failure only flowaudit_problem() and flowaudit_destroy() are left.
 */
FLOWAUDIT_API int flowaudit_activate(struct flowaudit *fa, char *err);

/* The @index-th complaint of activation, "file:line:column: text"; NULL past the last.
 * Valid until the next call. */
FLOWAUDIT_API const char *flowaudit_problem(struct flowaudit *fa, size_t index);

/**
 * flowaudit_read() - Audit one capture file; "-" is standard input
 *
 * A capture that cannot be opened leaves no trace; one that is damaged later
 * stays judged up to the damage.  Either way the next one may be read.
 */
FLOWAUDIT_API int flowaudit_read(struct flowaudit *fa, const char *path, char *err);

/*
 * The same in steps, for callers that want to show progress or to stop:
 * flowaudit_open(), then flowaudit_step() while it returns 1.  To stop early
 * call flowaudit_finish().
 */
FLOWAUDIT_API int flowaudit_open(struct flowaudit *fa, const char *path, char *err);
FLOWAUDIT_API int flowaudit_step(struct flowaudit *fa, char *err);
/* Frames and (unpacked) bytes read so far, over all captures. */
FLOWAUDIT_API void flowaudit_progress(const struct flowaudit *fa, uint64_t *frames,
				      uint64_t *bytes);

/* End all flows and draw the conclusions.  Call once, after the last capture. */
FLOWAUDIT_API int flowaudit_finish(struct flowaudit *fa, char *err);

/**
 * struct flowaudit_output - Where a live run writes
 * @format:	"text" or "json"
 * @path:	"-": standard output
 * @max_bytes, @seconds, @files: As -C (in bytes), -G and -W of tcpdump; 0: not
 */
struct flowaudit_output {
	const char *format;
	const char *path;
	uint64_t max_bytes;
	unsigned seconds;
	unsigned files;
};

/**
 * struct flowaudit_watch - A live run.  Zeroed but for interfaces and outputs it does
 * @interfaces:	Names, [@interface_count] of 1..16; "any" alone
 * @snaplen:	Bytes of a frame that are kept; 0: 262144
 * @buffer_bytes: Of the kernel's ring of each interface; 0: 64 MiB
 * @threads:	0 or 1: the caller's reads and judges; 2 to 16: so many read, beside it
 * @promiscuous, @immediate: As in tcpdump
 * @privileged:	Keep user and capabilities, and everything that the process may do.  Else, once
 *		interfaces are open, the process becomes @user, loses its capabilities and can
 *		from then on read files, write below the directories of its outputs, and little else:
 *		all of the process, for good
 * @user:	NULL: nobody if root, else whoever it is; "root" stays root
 * @stats_seconds: Between "stats" records; 0: none
 * @flags:	Of FLOWAUDIT_VERBOSE and the others, for text
 * @outputs:	[@output_count] of at most 8
 * @keep_directory: The packets of findings are kept in capture files there; NULL: not
 * @keep_bytes:	Of all these files together: the oldest make room
 */
struct flowaudit_watch {
	const char *const *interfaces;
	unsigned interface_count;
	uint32_t snaplen;
	uint32_t buffer_bytes;
	unsigned threads;
	int promiscuous, immediate;
	int privileged;
	const char *user;
	unsigned stats_seconds;
	unsigned flags;
	const struct flowaudit_output *outputs;
	unsigned output_count;
	const char *keep_directory;
	uint64_t keep_bytes;
};

/**
 * flowaudit_watch_open() - Begin a live run, after activation; once
 *
 * Then flowaudit_watch_step() as long as the run is to last, and flowaudit_finish(), which
 * writes the last report to the outputs.  Flows are written as they are decided.
 *
 * SIGPIPE and SIGXFSZ are to be ignored.
 */
FLOWAUDIT_API int flowaudit_watch_open(struct flowaudit *fa, const struct flowaudit_watch *watch,
				       char *err);

/* Handle what came, or wait for it for some tenths of a second, less when a signal comes.
 * Return: 1; 0: no output takes anything any more; negative: nothing can come any more */
FLOWAUDIT_API int flowaudit_watch_step(struct flowaudit *fa, char *err);

/* Write how the run stands to every output. */
FLOWAUDIT_API int flowaudit_watch_summary(struct flowaudit *fa, char *err);

/**
 * flowaudit_watch_reload() - Load packs and site again
 *
 * Flows that have not been judged are held against them.  When they cannot be used the ones
 * before stay: FLOWAUDIT_EFORMAT and the like, see flowaudit_problem().  FLOWAUDIT_ENOMEM ends the run.
 */
FLOWAUDIT_API int flowaudit_watch_reload(struct flowaudit *fa, char *err);

/* What went wrong on the way, one line a call, "" when there is no more: a full disk, an
 * interface that went down, a clock that was set.  It is in the outputs, too. */
FLOWAUDIT_API const char *flowaudit_watch_trouble(struct flowaudit *fa);

/**
 * struct flowaudit_watch_status - How a live run stands
 * @name:	Its interfaces, "eth0,eth1"; lives as long as the audit
 * @drops:	By kernel and interfaces
 * @findings:	Different ones
 * @rows:	By enum flowaudit_row_state
 * @confined:	What is in force: 1: files are out of reach, 2: so are most system calls
 */
struct flowaudit_watch_status {
	const char *name;
	uint64_t frames, bytes, drops, flows_live, evictions, lost_records;
	uint64_t verdicts[FLOWAUDIT_VERDICTS];
	unsigned rows[FLOWAUDIT_ROW_NOT_SEEN + 1];
	unsigned findings, confined;
	double frames_per_second;
};
FLOWAUDIT_API int flowaudit_watch_status(struct flowaudit *fa,
					 struct flowaudit_watch_status *status);

/**
 * struct flowaudit_finding - Flows that are one finding; lists have FLOWAUDIT_FINDINGS of them
 * @flows:	How many so far
 * @last_ns:	The latest was decided then, nanoseconds since 1970
 * @text:	What they have in common: row, protocol, port, who to whom
 */
struct flowaudit_finding {
	enum flowaudit_verdict verdict;
	uint64_t flows;
	int64_t last_ns;
	char text[160];
};

#define FLOWAUDIT_FINDINGS 100

/* The latest findings of a live run, the latest first.  Return: how many */
FLOWAUDIT_API unsigned flowaudit_watch_findings(struct flowaudit *fa,
						struct flowaudit_finding *list);

/* Report flags. */
#define FLOWAUDIT_VERBOSE   0x1u /* list expected and rejected flows, and rows not seen */
#define FLOWAUDIT_VERBOSER  0x2u /* ... and every flow of a fold */
#define FLOWAUDIT_COLOUR    0x4u /* ANSI colours */
#define FLOWAUDIT_NO_COLOUR 0x8u /* never, also on a terminal */

/**
 * flowaudit_report() - Write a report of a finished audit
 * @format:	"text" or "json"
 * @path:	File to write, "-" for standard output
 * @flags:	Of FLOWAUDIT_VERBOSE and the others; without one colours are used on
 *		a terminal
 */
FLOWAUDIT_API int flowaudit_report(const struct flowaudit *fa, const char *format, const char *path,
				   unsigned flags, char *err);

/* The same to an open file, which stays open: "json" into a pipe or a temporary file. */
FLOWAUDIT_API int flowaudit_report_fd(const struct flowaudit *fa, const char *format, int fd,
				      unsigned flags, char *err);

/**
 * flowaudit_exit_status() - What the conclusions mean for a script
 *
 * Return: 0 clean; 1 findings; 2 a capture could not be read, wholly or from
 *	   some point on; 3 inconclusive
 */
FLOWAUDIT_API int flowaudit_exit_status(const struct flowaudit *fa);

/*
 * Questions to a finished audit.  Evicted flows beyond those that the flow table holds are
 * counted as inconclusive and not listed: the verdicts may sum to more than the flows.
 */
FLOWAUDIT_API size_t flowaudit_flow_count(const struct flowaudit *fa);
FLOWAUDIT_API uint64_t flowaudit_verdict_count(const struct flowaudit *fa,
					       enum flowaudit_verdict verdict);

/**
 * struct flowaudit_flow - One flow, for callers
 * @source, @destination: Text addresses; source is the initiator
 * @row:	Id of the best documented row, NULL when none
 * @outcome:	"established", "refused", ...
 *
 * Strings other than the addresses belong to the audit.
 */
struct flowaudit_flow {
	char source[46], destination[46];
	uint16_t source_port, destination_port; /* host order */
	uint8_t ip_protocol;
	enum flowaudit_verdict verdict;
	const char *outcome;
	const char *row;
	uint64_t first_frame;
	const char *capture;
};

/* The @index-th flow, in order of capture and first frame.  0, or FLOWAUDIT_EUSAGE past the last. */
FLOWAUDIT_API int flowaudit_flow(const struct flowaudit *fa, size_t index,
				 struct flowaudit_flow *flow);

/* The @index-th row's id and state; NULL past the last. */
FLOWAUDIT_API const char *flowaudit_row(const struct flowaudit *fa, size_t index,
					enum flowaudit_row_state *state);

FLOWAUDIT_API const char *flowaudit_verdict_name(enum flowaudit_verdict verdict);
/* 0, or FLOWAUDIT_EUSAGE when there is no such verdict. */
FLOWAUDIT_API int flowaudit_verdict_find(const char *name, size_t len,
					 enum flowaudit_verdict *verdict);

#ifdef __cplusplus
}
#endif

#endif

/* TCP ports that DCE/RPC servers give out in their answers.  Private to this room. */
#ifndef FA_IDENTIFY_RPC_PORTS_H
#define FA_IDENTIFY_RPC_PORTS_H

#include "base/cursor.h"
#include "identify/identify.h"

/* One of the interfaces whose answers hand out ports. */
bool rpc_gives_ports(enum rpc_interface interface);

/**
 * rpc_read_ports() - Take the ports out of the answer to one call
 * @rpc:	rpc->interface says how to read it; ports are added, the known ones not again
 * @stub:	Body of the response PDU, whole and not encrypted
 * @little:	Byte order of its integers
 * @opnum:	Operation that was called
 * @frame:	Of the answer; kept with the first port
 *
 * An answer that is not laid out as it must be gives no port.
 *
 * Source: C706 appendices I, L and O (ept_map, towers); MS-RPCE 2.2.1.2.5, 2.2.5 (NDR64);
 *	   MS-DCOM 2.2.19 (DUALSTRINGARRAY)
 */
void rpc_read_ports(struct rpc_facts *rpc, struct cursor stub, bool little, unsigned opnum,
		    uint64_t frame);

#endif

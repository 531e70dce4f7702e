/*
 * The protocols, each with the messages it adds to a script; struct dialogue says
 * what about.  Private to this room: dialogue.h chooses among them.
 */
#ifndef FA_FORGE_SAY_H
#define FA_FORGE_SAY_H

#include "forge/dialogue.h"

/* say_tls.c: RFC 5246; records of the application's shape after the handshake. */
void say_tls(struct script *s, const struct dialogue *d);
void say_mtls(struct script *s, const struct dialogue *d); /* the client proves a certificate */

/* say_stun.c */
void say_stun(struct script *s, const struct dialogue *d);   /* Binding; on TCP RFC 4571 framed */
void say_msturn(struct script *s, const struct dialogue *d); /* challenge, allocate, send, data */
/* The hello pair of MS-TURN 2.1.1, then MSTURN framed. */
void say_pseudo_tls(struct script *s, const struct dialogue *d);

/* say_media.c: ICE checks, RTP both ways, RTCP */
void say_media(struct script *s, const struct dialogue *d);

/* say_text.c */
void say_sip(struct script *s, const struct dialogue *d);
void say_http(struct script *s, const struct dialogue *d);
void say_xmpp(struct script *s, const struct dialogue *d);
void say_msnftp(struct script *s, const struct dialogue *d);
void say_ssh(struct script *s, const struct dialogue *d); /* of no row: control, wrong protocol */

/* say_windows.c */
void say_dcerpc(struct script *s, const struct dialogue *d); /* bind, ept_map with a port, close */
void say_smb(struct script *s, const struct dialogue *d);
void say_nmf(struct script *s, const struct dialogue *d); /* MC-NMF: preamble to end record */

/* say_small.c */
void say_sqlr(struct script *s, const struct dialogue *d);
void say_dhcp(struct script *s, const struct dialogue *d);
void say_dns(struct script *s, const struct dialogue *d);
void say_opaque(struct script *s, const struct dialogue *d); /* bytes of no protocol */

#endif

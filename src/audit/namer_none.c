/* A build without nDPI names nothing, and says so when asked to. */
#include "audit/namer.h"

#if !FA_NDPI

bool namer_available(void)
{
	return false;
}

int namer_new(struct namer **namer, uint32_t flows, struct fa_error *err)
{
	(void)flows;
	*namer = NULL;
	return error_set(err, FA_EUNSUPPORTED, "this build has no nDPI");
}

void namer_free(struct namer *namer)
{
	(void)namer;
}

void namer_look(struct namer *namer, uint32_t id, const struct facts *facts, unsigned dir)
{
	(void)namer, (void)id, (void)facts, (void)dir;
}

const char *namer_name(const struct namer *namer, uint32_t id)
{
	(void)namer, (void)id;
	return NULL;
}

void namer_forget(struct namer *namer, uint32_t id)
{
	(void)namer, (void)id;
}

uint64_t namer_given_up(const struct namer *namer)
{
	(void)namer;
	return 0;
}

#endif

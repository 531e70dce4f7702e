/* dlopen() and dlsym(), and one sentence when they fail. */
#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

int library_open(void **library, const char *const *sonames, const struct library_call *list,
		 size_t count, void *calls, struct fa_error *err)
{
	const char *soname = sonames[0];

	*library = NULL;
	for (size_t i = 0; sonames[i] != NULL && *library == NULL; i++) {
		soname = sonames[i];
		*library = dlopen(soname, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	}
	if (*library == NULL)
		return error_set(err, FA_EUNSUPPORTED, "%s: cannot be loaded: %s", sonames[0],
				 dlerror());
	for (size_t i = 0; i < count; i++) {
		void *address = dlsym(*library, list[i].name);

		if (address == NULL) {
			library_close(*library);
			*library = NULL;
			return error_set(err, FA_EUNSUPPORTED,
					 "%s: has no %s(); install another release of it", soname,
					 list[i].name);
		}
		memcpy((char *)calls + list[i].offset, &address, sizeof(address));
	}
	return 0;
}

void library_close(void *library)
{
	if (library != NULL)
		(void)dlclose(library);
}

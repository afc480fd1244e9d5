/*
 * Stands in for VBoxHeadless in the test's chroot. The real one is a hardened, setuid loader that ends without the kernel
 * module. This one sets up VirtualBox' runtime as an ordinary program and hands over to the same VBoxHeadless.so, whose
 * machine monitor then goes without the module and interprets its guest.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>

typedef int init_runtime(int argc, char ***argv, uint32_t flags);
typedef int trusted_main(int argc, char **argv, char **envp);

static void *symbol(const char *library, int mode, const char *name)
{
    void *handle = dlopen(library, mode);
    void *found = handle ? dlsym(handle, name) : NULL;

    if (!found)
        fprintf(stderr, "launcher: %s\n", dlerror());
    return found;
}

int main(int argc, char **argv, char **envp)
{
    init_runtime *init = (init_runtime *)symbol("/usr/lib/virtualbox/VBoxRT.so", RTLD_NOW | RTLD_GLOBAL, "RTR3InitExe");
    trusted_main *run;
    int status;

    if (!init)
        return 70;
    status = init(argc, &argv, 0);
    if (status < 0) {
        fprintf(stderr, "launcher: RTR3InitExe gave %d\n", status);
        return 70;
    }
    run = (trusted_main *)symbol("/usr/lib/virtualbox/VBoxHeadless.so", RTLD_NOW, "TrustedMain");
    return run ? run(argc, argv, envp) : 70;
}

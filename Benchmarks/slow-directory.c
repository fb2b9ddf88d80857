// Makes of the passwords of users and tokens what they are where a slow directory keeps them: preloaded, a check of one waits
// for 80 ms, as for the network, and the answer is no. While the file that $SLOW_DIRECTORY names is not there, nothing is
// different; nor ever for PINs, whose hash costs less.
//
//   cc -O2 -shared -fPIC -o slow-directory slow-directory.c
//   SLOW_DIRECTORY=now LD_PRELOAD=./slow-directory watchword serve
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef int scrypt(const char *, size_t, const unsigned char *, size_t, uint64_t, uint64_t, uint64_t, uint64_t,
                   unsigned char *, size_t);

int EVP_PBE_scrypt(const char *secret, size_t size, const unsigned char *salt, size_t salt_size, uint64_t n, uint64_t r,
                   uint64_t p, uint64_t memory, unsigned char *key, size_t key_size) {
    const char *path = getenv("SLOW_DIRECTORY");
    if (n < 1 << 15 || path == NULL || access(path, F_OK) != 0) {
        scrypt *real = (scrypt *)dlsym(RTLD_NEXT, "EVP_PBE_scrypt");
        return real == NULL ? 0 : real(secret, size, salt, salt_size, n, r, p, memory, key, key_size);
    }
    nanosleep(&(struct timespec){.tv_nsec = 80000000}, NULL);
    memset(key, 1, key_size);
    return 1;
}

#pragma once

// What Cryptography uses of OpenSSL 3.

// Digests by their low-level functions, which OpenSSL 3 calls deprecated: EVP of 3.0 takes memory from the system for
// each digest, wipes it and gives it back, which was a tenth of a login's processor time, and cannot copy a state
// without doing so again.
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/md5.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stddef.h>

typedef enum { WATCHWORD_MD5, WATCHWORD_SHA1, WATCHWORD_SHA256, WATCHWORD_SHA512 } watchword_digest;

// A digest under way.
typedef union {
    MD5_CTX md5;
    SHA_CTX sha1;
    SHA256_CTX sha256;
    SHA512_CTX sha512;
} watchword_digest_state;

// How much of a state tells it apart from a new one, between two blocks: all that stands before the block that is not
// full yet.
static inline size_t watchword_digest_saved_size(watchword_digest digest) {
    switch (digest) {
    case WATCHWORD_MD5: return offsetof(MD5_CTX, data);
    case WATCHWORD_SHA1: return offsetof(SHA_CTX, data);
    case WATCHWORD_SHA256: return offsetof(SHA256_CTX, data);
    case WATCHWORD_SHA512: return offsetof(SHA512_CTX, u);
    }
    return 0;
}

// The others return 1 for success, as OpenSSL does.

static inline int watchword_digest_begin(watchword_digest digest, watchword_digest_state *state) {
    switch (digest) {
    case WATCHWORD_MD5: return MD5_Init(&state->md5);
    case WATCHWORD_SHA1: return SHA1_Init(&state->sha1);
    case WATCHWORD_SHA256: return SHA256_Init(&state->sha256);
    case WATCHWORD_SHA512: return SHA512_Init(&state->sha512);
    }
    return 0;
}

static inline int watchword_digest_update(
    watchword_digest digest, watchword_digest_state *state, const void *octets, size_t count) {
    switch (digest) {
    case WATCHWORD_MD5: return MD5_Update(&state->md5, octets, count);
    case WATCHWORD_SHA1: return SHA1_Update(&state->sha1, octets, count);
    case WATCHWORD_SHA256: return SHA256_Update(&state->sha256, octets, count);
    case WATCHWORD_SHA512: return SHA512_Update(&state->sha512, octets, count);
    }
    return 0;
}

// Writes the whole digest to `result`.
static inline int watchword_digest_finish(
    watchword_digest digest, watchword_digest_state *state, unsigned char *result) {
    switch (digest) {
    case WATCHWORD_MD5: return MD5_Final(result, &state->md5);
    case WATCHWORD_SHA1: return SHA1_Final(result, &state->sha1);
    case WATCHWORD_SHA256: return SHA256_Final(result, &state->sha256);
    case WATCHWORD_SHA512: return SHA512_Final(result, &state->sha512);
    }
    return 0;
}

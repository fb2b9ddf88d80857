// Lets a disk or a clock fail under a program that knows nothing of it: preloaded, it stands before the calls that write,
// flush and ask for the time. What is wrong at the moment stands in the file that $FAULTS names; while it is empty, or is
// not there, nothing is.
//
//   full        no file whose name contains ".db" can be written, as where each write takes new room: ENOSPC
//   growth      none of them grows, but it can be written over: ENOSPC
//   flush       none of them can be flushed: EIO
//   lie         they are said to be flushed, and are not
//   clock N     the time of day is N seconds off
//   receive     no datagram can be received: ENOMEM
//   open N      no database can be opened after the Nth time: EACCES
//
// The folder that $DURABLE names, if there is one, gets a copy of each such file whenever it has been flushed: all that a
// power cut is sure to leave.
//
//   cc -O2 -shared -fPIC -o faults.so faults.c
//   FAULTS=faults LD_PRELOAD=./faults.so watchword serve
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// The text behind `name`, if that is what is wrong now.
static int is_wrong(const char *name, char *rest, size_t size) {
    const char *path = getenv("FAULTS");
    int file = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    char text[64] = "";
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0 || strncmp(text, name, strlen(name)) != 0) return 0;
    snprintf(rest, size, "%s", text + strlen(name));
    return 1;
}

// Whether `file` belongs to the database; its path then.
static int is_database(int file, char *path, size_t size) {
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, size - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, ".db") != NULL;
}

static int is_wrong_with(int file, const char *name) {
    char rest[64], path[4096];
    return is_wrong(name, rest, sizeof rest) && is_database(file, path, sizeof path);
}

static int has_no_room(int file, off_t end) {
    struct stat status;
    if (is_wrong_with(file, "full")) return 1;
    return is_wrong_with(file, "growth") && fstat(file, &status) == 0 && end > status.st_size;
}

static int fail(int code) {
    errno = code;
    return -1;
}

ssize_t pwrite64(int file, const void *octets, size_t count, off_t offset) {
    if (has_no_room(file, offset + (off_t)count)) return fail(ENOSPC);
    return syscall(SYS_pwrite64, file, octets, count, offset);
}

ssize_t pwrite(int file, const void *octets, size_t count, off_t offset) {
    return pwrite64(file, octets, count, offset);
}

ssize_t write(int file, const void *octets, size_t count) {
    if (has_no_room(file, lseek(file, 0, SEEK_CUR) + (off_t)count)) return fail(ENOSPC);
    return syscall(SYS_write, file, octets, count);
}

static int is_zero(const char *octets, size_t count) {
    return octets[0] == 0 && memcmp(octets, octets + 1, count - 1) == 0;
}

// Copies `file`; reads through itself, for to close another descriptor of a database would give up the locks on it.
static int keep(int file) {
    char path[4096], new[4096 + 8], kept[4096 + 8], octets[65536];
    const char *folder = getenv("DURABLE");
    if (folder == NULL || !is_database(file, path, sizeof path)) return 0;
    snprintf(new, sizeof new, "%s/new", folder);
    snprintf(kept, sizeof kept, "%s%s", folder, strrchr(path, '/'));
    int copy = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (copy < 0) return fail(EIO);
    ssize_t count;
    for (off_t offset = 0; (count = pread(file, octets, sizeof octets, offset)) > 0; offset += count) {
        // Room that a log has been given, and nothing in it.
        if (strstr(path, "-wal") != NULL && count == sizeof octets && is_zero(octets, sizeof octets)) {
            count = 0;
            break;
        }
        if (syscall(SYS_write, copy, octets, count) != count) break;
    }
    close(copy);
    return count == 0 && rename(new, kept) == 0 ? 0 : fail(EIO);
}

// One at a time: a copy that was begun earlier must not take the place of a later one.
static int flush(long call, int file) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    if (is_wrong_with(file, "flush")) return fail(EIO);
    if (is_wrong_with(file, "lie")) return 0;
    pthread_mutex_lock(&lock);
    int status = (int)syscall(call, file);
    if (status == 0) status = keep(file);
    pthread_mutex_unlock(&lock);
    return status;
}

int fdatasync(int file) { return flush(SYS_fdatasync, file); }

int fsync(int file) { return flush(SYS_fsync, file); }

int clock_gettime(clockid_t clock, struct timespec *time) {
    int status = (int)syscall(SYS_clock_gettime, clock, time);
    char seconds[64];
    if (status == 0 && clock == CLOCK_REALTIME && is_wrong("clock", seconds, sizeof seconds)) {
        time->tv_sec += atoll(seconds);
    }
    return status;
}

// A receiver that waits already is not disturbed: the next datagram is its last.
int recvmmsg(int socket, struct mmsghdr *messages, unsigned int count, int flags, struct timespec *timeout) {
    char rest[64];
    if (is_wrong("receive", rest, sizeof rest)) return fail(ENOMEM);
    return (int)syscall(SYS_recvmmsg, socket, messages, count, flags, timeout);
}

static int open_file(const char *path, int flags, mode_t mode) {
    static int opened;
    char limit[64];
    size_t length = strlen(path);
    int is_database = length > 3 && strcmp(path + length - 3, ".db") == 0 && !(flags & O_CREAT);
    if (is_database && is_wrong("open", limit, sizeof limit) && ++opened > atoi(limit)) {
        return fail(EACCES);
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_file(path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_file(path, flags, mode);
}

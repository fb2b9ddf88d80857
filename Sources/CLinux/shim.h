#pragma once
// What Swift's Glibc module hides behind _GNU_SOURCE or cannot import: batches of datagrams, and the control
// message that says which of our addresses a datagram was sent to; prctl, whose number of arguments varies; and epoll.
#include <netinet/in.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

struct watchword_mmsghdr {
    struct msghdr header;
    unsigned int length;
};

extern int recvmmsg(int, struct watchword_mmsghdr *, unsigned int, int, struct timespec *)
    __asm__("recvmmsg");
extern int sendmmsg(int, struct watchword_mmsghdr *, unsigned int, int) __asm__("sendmmsg");

// struct epoll_event, whose header brings half of <signal.h> with it; the kernel packs it on this architecture alone.
struct watchword_epoll_event {
    uint32_t events;
    uint64_t data;
}
#ifdef __x86_64__
__attribute__((packed))
#endif
;

#define WATCHWORD_EPOLLIN 1
#define WATCHWORD_EPOLL_CTL_ADD 1

extern int epoll_create1(int);
extern int epoll_ctl(int, int, int, struct watchword_epoll_event *) __asm__("epoll_ctl");
extern int epoll_pwait2(int, struct watchword_epoll_event *, int, const struct timespec *, const void *)
    __asm__("epoll_pwait2");

extern int watchword_name_thread(unsigned long thread, const char *name) __asm__("pthread_setname_np");

// The calling thread asks for slices of 100 ms. Whoever wakes and asks for less mostly gets its processor at once: also a
// thread of the kernel's, which is in no group (sched(7), autogroup) with the one that runs and cannot see how low its
// priority is. One that was itself put aside for somebody else was seen to wait for a whole slice. Gives the thread
// priority `nice` and the policy SCHED_OTHER, too. 0, or -1 with errno; Linux before 6.12 knows of no slices, and does
// the rest.
static inline int watchword_run_in_long_slices(int nice) {
    // struct sched_attr (sched_setattr(2)), which the C library does not have everywhere.
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } attributes = {.size = sizeof attributes, .nice = nice, .runtime = 100 * 1000 * 1000};
    return (int)syscall(SYS_sched_setattr, 0, &attributes, 0);
}

// The calling thread runs while a processor has nothing else to do (SCHED_IDLE, which <sched.h> hides). 0, or -1 with errno.
static inline int watchword_run_when_idle(void) {
    struct sched_param none = {0};
    return sched_setscheduler(0, 5, &none);
}

// No core dump of this process, neither to a file (the limit) nor to a program that collects them (a pipe in
// core_pattern ignores the limit, and heeds the flag). 0 or -1 with errno.
static inline int watchword_forbid_core_dumps(void) {
    struct rlimit none = {0, 0};
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return -1;
    return setrlimit(RLIMIT_CORE, &none);
}

// O_PATH: a folder that is only stood in, never read (a GNU extension).
#define WATCHWORD_O_PATH 010000000

#define WATCHWORD_MSG_WAITFORONE 0x10000
#define WATCHWORD_MSG_DONTWAIT 0x40

// struct in_pktinfo and struct in6_pktinfo, which are GNU extensions.
struct watchword_in_pktinfo {
    int interface;
    struct in_addr source;
    struct in_addr destination;
};
struct watchword_in6_pktinfo {
    struct in6_addr address;
    unsigned int interface;
};

#define WATCHWORD_CONTROL_SPACE 64

// Turns on the control message; 0 or -1 with errno, as setsockopt.
static inline int watchword_ask_for_destination(int socket, int family) {
    int on = 1;
    if (family == AF_INET6) return setsockopt(socket, IPPROTO_IPV6, 49 /* IPV6_RECVPKTINFO */, &on, sizeof on);
    return setsockopt(socket, IPPROTO_IP, 8 /* IP_PKTINFO */, &on, sizeof on);
}

// One of our own addresses, as a control message names it: IPv4 in the first four octets.
struct watchword_own_address {
    uint8_t octets[16];
    uint32_t interface;
    int32_t family; // AF_INET, AF_INET6, or 0 for none
};

// Turns on UDP_GRO (Linux 5.0): neighbours of one size and one sender come as one message. 0 or -1 with errno.
static inline int watchword_take_joined(int socket) {
    int on = 1;
    return setsockopt(socket, IPPROTO_UDP, 104, &on, sizeof on);
}

// What the control messages of a received message say: the address that it was sent to, and the size of the datagrams that
// it is joined of, 0 when it is one.
struct watchword_reception {
    struct watchword_own_address own;
    int part_size;
};

static inline struct watchword_reception watchword_reception(struct msghdr *message) {
    struct watchword_reception reception = {{{0}, 0, 0}, 0};
    for (struct cmsghdr *control = message->msg_controllen >= sizeof(struct cmsghdr) ? CMSG_FIRSTHDR(message) : NULL;
         control != NULL; control = CMSG_NXTHDR(message, control)) {
        if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == 8 &&
            control->cmsg_len >= CMSG_LEN(sizeof(struct watchword_in_pktinfo))) {
            struct watchword_in_pktinfo info;
            memcpy(&info, CMSG_DATA(control), sizeof info);
            memcpy(reception.own.octets, &info.destination, sizeof info.destination);
            reception.own.family = AF_INET;
        } else if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == 50 &&
                   control->cmsg_len >= CMSG_LEN(sizeof(struct watchword_in6_pktinfo))) {
            struct watchword_in6_pktinfo info;
            memcpy(&info, CMSG_DATA(control), sizeof info);
            memcpy(reception.own.octets, &info.address, sizeof info.address);
            // The interface is kept only for link-local addresses, where the address alone is ambiguous.
            reception.own.interface = IN6_IS_ADDR_LINKLOCAL(&info.address) ? info.interface : 0;
            reception.own.family = AF_INET6;
        } else if (control->cmsg_level == IPPROTO_UDP && control->cmsg_type == 104 &&
                   control->cmsg_len >= CMSG_LEN(sizeof reception.part_size)) {
            memcpy(&reception.part_size, CMSG_DATA(control), sizeof reception.part_size);
        }
    }
    return reception;
}

// Writes the control message that makes a datagram leave from `own`. `message` must have
// WATCHWORD_CONTROL_SPACE octets of control storage.
static inline void watchword_send_from(struct msghdr *message, struct watchword_own_address own) {
    struct cmsghdr *control = (struct cmsghdr *)message->msg_control;
    if (own.family == AF_INET) {
        struct watchword_in_pktinfo info = {0, {0}, {0}};
        memcpy(&info.source, own.octets, sizeof info.source);
        control->cmsg_level = IPPROTO_IP;
        control->cmsg_type = 8;
        control->cmsg_len = CMSG_LEN(sizeof info);
        memcpy(CMSG_DATA(control), &info, sizeof info);
        message->msg_controllen = CMSG_SPACE(sizeof info);
    } else if (own.family == AF_INET6) {
        struct watchword_in6_pktinfo info;
        memcpy(&info.address, own.octets, sizeof info.address);
        info.interface = own.interface;
        control->cmsg_level = IPPROTO_IPV6;
        control->cmsg_type = 50;
        control->cmsg_len = CMSG_LEN(sizeof info);
        memcpy(CMSG_DATA(control), &info, sizeof info);
        message->msg_controllen = CMSG_SPACE(sizeof info);
    } else {
        message->msg_control = NULL;
        message->msg_controllen = 0;
    }
}

// Whether the kernel knows how to cut messages up: an older one would send them whole. 1 or 0.
static inline int watchword_can_cut(int socket) {
    int size = 0;
    socklen_t room = sizeof size;
    return getsockopt(socket, IPPROTO_UDP, 103, &size, &room) == 0;
}

// What watchword_cut adds to the control storage in use.
#define WATCHWORD_CUT_SPACE 24

// Has the kernel cut a message into datagrams of `size` octets each (UDP_SEGMENT, Linux 4.18), behind what its control
// message asks for already. `control` has WATCHWORD_CONTROL_SPACE octets, and `message` uses it if it uses any.
static inline void watchword_cut(struct msghdr *message, void *control, uint16_t size) {
    struct cmsghdr *next = (struct cmsghdr *)((char *)control + message->msg_controllen);
    next->cmsg_level = IPPROTO_UDP;
    next->cmsg_type = 103;
    next->cmsg_len = CMSG_LEN(sizeof size);
    memcpy(CMSG_DATA(next), &size, sizeof size);
    message->msg_control = control;
    message->msg_controllen += WATCHWORD_CUT_SPACE;
    _Static_assert(WATCHWORD_CUT_SPACE == CMSG_SPACE(sizeof size), "the size of a control message of two octets");
}

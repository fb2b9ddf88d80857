#pragma once
// What Swift's Glibc module hides behind _GNU_SOURCE or cannot import: batches of datagrams, and the control
// message that says which of our addresses a datagram was sent to.
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

struct watchword_mmsghdr {
    struct msghdr header;
    unsigned int length;
};

extern int recvmmsg(int, struct watchword_mmsghdr *, unsigned int, int, struct timespec *)
    __asm__("recvmmsg");
extern int sendmmsg(int, struct watchword_mmsghdr *, unsigned int, int) __asm__("sendmmsg");

#define WATCHWORD_MSG_WAITFORONE 0x10000

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

// Rewrites the control message that came with a datagram into the one that makes the answer leave from the address
// that was asked. The interface is kept only for link-local IPv6 addresses, where the address alone is ambiguous.
static inline void watchword_answer_from_destination(struct msghdr *message) {
    struct cmsghdr *control = message->msg_controllen >= sizeof(struct cmsghdr) ? CMSG_FIRSTHDR(message) : NULL;
    if (control != NULL && control->cmsg_level == IPPROTO_IP && control->cmsg_type == 8 &&
        control->cmsg_len >= CMSG_LEN(sizeof(struct watchword_in_pktinfo))) {
        struct watchword_in_pktinfo info;
        memcpy(&info, CMSG_DATA(control), sizeof info);
        info.interface = 0;
        info.source = info.destination;
        memcpy(CMSG_DATA(control), &info, sizeof info);
        message->msg_controllen = CMSG_SPACE(sizeof info);
        return;
    }
    if (control != NULL && control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == 50 &&
        control->cmsg_len >= CMSG_LEN(sizeof(struct watchword_in6_pktinfo))) {
        struct watchword_in6_pktinfo info;
        memcpy(&info, CMSG_DATA(control), sizeof info);
        if (!IN6_IS_ADDR_LINKLOCAL(&info.address)) info.interface = 0;
        memcpy(CMSG_DATA(control), &info, sizeof info);
        message->msg_controllen = CMSG_SPACE(sizeof info);
        return;
    }
    message->msg_control = NULL;
    message->msg_controllen = 0;
}

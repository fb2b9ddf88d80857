// A RADIUS server that does nothing: answers every datagram with the same Access-Accept, whose authenticators are zeroes,
// under the identifier of the request. What it costs is what the system calls cost: the same ones, with the same control
// messages and as many datagrams each, as Watchword's receiving threads make.
//
// With a FILE, whatever comes at once is answered behind a flush of the two pages that the smallest commit writes to a log:
// written over one behind the other, where the file has its room. Who keeps such a log does no less for each commit.
//
//   cc -O2 -pthread -o null-responder null-responder.c
//   ./null-responder ADDRESS:PORT [THREADS [FILE]]
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { batch = 64, datagram = 4096, control = 64, pages = 2 * (4096 + 24), commits = 512 };

static struct sockaddr_in own;
static const char *log_path;

static int log_of_own(void) {
    static char zeros[commits * pages];
    int file = log_path == NULL ? -1 : open(log_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (log_path != NULL && (file < 0 || write(file, zeros, sizeof zeros) != sizeof zeros || fsync(file) != 0)) {
        perror(log_path);
        exit(3);
    }
    return file;
}

static void flush(int file, unsigned number) {
    static _Thread_local char octets[pages];
    if (file < 0) return;
    memset(octets, (int)number, sizeof octets);
    if (pwrite(file, octets, pages, (off_t)(number % commits) * pages) != pages || fdatasync(file) != 0) {
        perror(log_path);
        exit(3);
    }
}

static int socket_of_own(void) {
    int on = 1, size = 4 << 20, file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (file < 0 || setsockopt(file, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0 ||
        setsockopt(file, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) != 0 ||
        setsockopt(file, SOL_SOCKET, SO_RCVBUF, &size, sizeof size) != 0 ||
        bind(file, (struct sockaddr *)&own, sizeof own) != 0) {
        perror("null-responder");
        exit(3);
    }
    return file;
}

// Makes the control message of a request that of its answer: it leaves from where the request was sent to.
static void turn_round(struct msghdr *message) {
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    if (header == NULL || header->cmsg_type != IP_PKTINFO) return;
    struct in_pktinfo info;
    memcpy(&info, CMSG_DATA(header), sizeof info);
    info = (struct in_pktinfo){.ipi_spec_dst = info.ipi_addr};
    memcpy(CMSG_DATA(header), &info, sizeof info);
}

static void *respond(void *unused) {
    int file = socket_of_own(), log = log_of_own();
    unsigned number = 0;
    static _Thread_local struct mmsghdr messages[batch];
    static _Thread_local struct iovec vectors[batch];
    static _Thread_local struct sockaddr_storage names[batch];
    static _Thread_local unsigned char controls[batch][control], octets[batch][datagram];
    for (;;) {
        for (int i = 0; i < batch; i++) {
            vectors[i] = (struct iovec){octets[i], datagram};
            messages[i].msg_hdr = (struct msghdr){
                .msg_name = &names[i], .msg_namelen = sizeof names[i], .msg_iov = &vectors[i], .msg_iovlen = 1,
                .msg_control = controls[i], .msg_controllen = control};
        }
        int count = recvmmsg(file, messages, batch, MSG_WAITFORONE, NULL);
        flush(log, number++);
        for (int i = 0; i < count; i++) {
            unsigned char identifier = octets[i][1];
            memset(octets[i], 0, 38);
            octets[i][0] = 2;
            octets[i][1] = identifier;
            octets[i][3] = 38;
            octets[i][20] = 80;
            octets[i][21] = 18;
            vectors[i].iov_len = 38;
            turn_round(&messages[i].msg_hdr);
        }
        for (int sent = 0; sent < count;) {
            int more = sendmmsg(file, messages + sent, (unsigned)(count - sent), 0);
            sent += more > 0 ? more : 1;
        }
    }
    return unused;
}

int main(int count, char **arguments) {
    int threads = count > 2 ? atoi(arguments[2]) : 1;
    char address[16] = "";
    unsigned short port = 0;
    own.sin_family = AF_INET;
    if (count < 2 || threads < 1 || sscanf(arguments[1], "%15[0-9.]:%hu", address, &port) != 2 ||
        inet_pton(AF_INET, address, &own.sin_addr) != 1) {
        fprintf(stderr, "usage: null-responder ADDRESS:PORT [THREADS [FILE]]\n");
        return 2;
    }
    if (count > 3) log_path = arguments[3];
    own.sin_port = htons(port);
    pthread_t thread;
    for (int i = 1; i < threads; i++) {
        if (pthread_create(&thread, NULL, respond, NULL) != 0) return 3;
    }
    respond(NULL);
}

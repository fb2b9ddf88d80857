// What one durable commit costs on the disk that FOLDER is on: SQLite with a write-ahead log and synchronous=FULL, one
// row written over and one appended in each transaction, as a login does. Prints "mean p50 p99 maximum least" in microseconds.
//
// "least" needs no database: the two pages that such a commit writes are written over in a file, by one call, and flushed,
// behind the commits. It is the p99 of those who come at any time, wait for the flush that is under way, and then for the
// next one, which is theirs: who flushes such pages, one flush behind the other, has no lower one, were all else to cost nothing.
//
//   cc -O2 -o commit-cost commit-cost.c -lsqlite3
//   ./commit-cost FOLDER [COMMITS]
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static sqlite3 *database;

static void run(const char *sql) {
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK) return;
    fprintf(stderr, "commit-cost: %s: %s\n", sql, sqlite3_errmsg(database));
    exit(3);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int compare(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

// The pages that such a commit writes, with their headers: the ends of both tables.
enum { pages = 2 * (4096 + 24) };

// How long each of `count` flushes of that much takes, written over one behind the other where a file has its room.
static void flush(const char *folder, double *costs, int count) {
    static char octets[256 * pages];
    char path[4096];
    snprintf(path, sizeof path, "%s/commit-cost.log", folder);
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || write(file, octets, sizeof octets) != sizeof octets || fsync(file) != 0) {
        perror(path);
        exit(3);
    }
    for (int i = 0; i < count; i++) {
        double start = now();
        memset(octets, i, pages);
        if (pwrite(file, octets, pages, (off_t)(i % 256) * pages) != pages || fdatasync(file) != 0) {
            perror(path);
            exit(3);
        }
        costs[i] = now() - start;
    }
    close(file);
    unlink(path);
}

// The p99 of somebody's wait who comes at any time of flush i, for the rest of it and for all of flush i + 1.
static double least(const double *costs, int commits) {
    double low = 0, high = 0, time = 0;
    for (int i = 0; i + 1 < commits; i++) {
        time += costs[i];
        if (costs[i] + costs[i + 1] > high) high = costs[i] + costs[i + 1];
    }
    for (int round = 0; round < 40; round++) {
        double wait = (low + high) / 2, longer = 0;
        for (int i = 0; i + 1 < commits; i++) {
            double rest = costs[i] + costs[i + 1] - wait;
            longer += rest < 0 ? 0 : rest > costs[i] ? costs[i] : rest;
        }
        if (longer > time / 100) low = wait; else high = wait;
    }
    return high;
}

int main(int count, char **arguments) {
    int commits = count > 2 ? atoi(arguments[2]) : 2000;
    char path[4096];
    double *costs = calloc((size_t)(commits > 0 ? commits : 0), sizeof *costs);
    if (count < 2 || commits < 1 || costs == NULL) {
        fprintf(stderr, "usage: commit-cost FOLDER [COMMITS]\n");
        return 2;
    }
    snprintf(path, sizeof path, "%s/commit-cost.db", arguments[1]);
    if (sqlite3_open(path, &database) != SQLITE_OK) return 3;
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    run("CREATE TABLE counter (token INTEGER PRIMARY KEY, counter INTEGER); INSERT INTO counter VALUES (1, 0);"
        "CREATE TABLE audit (number INTEGER PRIMARY KEY, line TEXT)");
    double sum = 0;
    for (int i = 0; i < commits; i++) {
        double start = now();
        run("BEGIN IMMEDIATE; UPDATE counter SET counter = counter + 1;"
            "INSERT INTO audit (line) VALUES ('a line of the length that a line of the audit has, more or less; "
            "some two hundred octets, in which client, user, realm, serial, decision, reason and a code stand'); COMMIT");
        costs[i] = now() - start;
        sum += costs[i];
    }
    sqlite3_close(database);
    qsort(costs, (size_t)commits, sizeof *costs, compare);
    double p50 = costs[commits / 2], p99 = costs[commits * 99 / 100], maximum = costs[commits - 1];
    flush(arguments[1], costs, commits);
    printf("%.0f %.0f %.0f %.0f %.0f\n", sum / commits, p50, p99, maximum, least(costs, commits));
}

#pragma once
#include <sqlite3.h>

// Without it, every allocation of SQLite's takes a lock of the whole process to be counted. Before any other call.
static inline int watchword_sqlite_without_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

// SQLITE_TRANSIENT is a cast that Swift cannot import.
static inline sqlite3_destructor_type watchword_sqlite_transient(void) { return SQLITE_TRANSIENT; }

// What LogGathering.swift keeps of a write-ahead log, behind the sqlite3_file that the system's VFS has opened.
struct watchword_log {
    // The system's methods, and its table with ours in their places.
    const struct sqlite3_io_methods *system;
    struct sqlite3_io_methods methods;
    // What a commit has written and not flushed yet: `count` octets that belong at `start`.
    unsigned char *gathered;
    sqlite3_int64 start;
    sqlite3_int64 count;
};

#pragma once
#include <sqlite3.h>

// Without it, every allocation of SQLite's takes a lock of the whole process to be counted. Before any other call.
static inline int watchword_sqlite_without_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

// SQLITE_TRANSIENT is a cast that Swift cannot import.
static inline sqlite3_destructor_type watchword_sqlite_transient(void) { return SQLITE_TRANSIENT; }

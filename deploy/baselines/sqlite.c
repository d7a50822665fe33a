/* The least that any log on SQLite must do: inserts of 1 KB records, in the same table, with the same pages, in
 * transactions of the same number of records and as durable. Prints records per second, and processor seconds per
 * million records.
 *
 * sqlite <file> <records> <turn> */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static sqlite3 *database;

static void check(int result) {
    if (result != SQLITE_OK && result != SQLITE_DONE) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(database));
        exit(70);
    }
}

static void run(const char *sql) { check(sqlite3_exec(database, sql, NULL, NULL, NULL)); }

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int count, char **words) {
    if (count != 4) return 64;
    long records = atol(words[2]), turn = atol(words[3]);
    check(sqlite3_open(words[1], &database));
    run("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "PRAGMA journal_size_limit = 67108864;"
        "CREATE TABLE records (place INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, key BLOB, value BLOB,"
        " headers BLOB NOT NULL, checksum INTEGER NOT NULL) STRICT");
    sqlite3_stmt *insert;
    check(sqlite3_prepare_v2(database, "INSERT INTO records VALUES (?, ?, ?, ?, x'', ?)", -1, &insert, NULL));
    unsigned char value[1024];
    for (int i = 0; i < 1024; i++) value[i] = (unsigned char)(i * 31);
    double start = now(CLOCK_MONOTONIC), processor = now(CLOCK_PROCESS_CPUTIME_ID);
    for (long i = 0; i < records; i += turn) {
        run("BEGIN IMMEDIATE");
        for (long j = i; j < i + turn && j < records; j++) {
            char key[32];
            int length = snprintf(key, sizeof key, "key-%ld", j);
            sqlite3_bind_int64(insert, 1, (j % 3) << 40 | (j / 3));
            sqlite3_bind_int64(insert, 2, 1795169731804411 + j);
            sqlite3_bind_blob(insert, 3, key, length, SQLITE_STATIC);
            sqlite3_bind_blob(insert, 4, value, sizeof value, SQLITE_STATIC);
            sqlite3_bind_int64(insert, 5, j);
            check(sqlite3_step(insert));
            check(sqlite3_reset(insert));
        }
        run("COMMIT");
    }
    printf("%.0f %.3f\n", records / (now(CLOCK_MONOTONIC) - start),
           (now(CLOCK_PROCESS_CPUTIME_ID) - processor) * 1e6 / records);
    sqlite3_finalize(insert);
    sqlite3_close(database);
    return 0;
}

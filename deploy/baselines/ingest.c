/* The least that anything must do that puts a console's threats on a log, in C and with the libraries alone: fetches the
 * pages, cuts each into its rows by counting braces, and writes every row, a page in one transaction. It reads nothing of
 * a row, remembers nothing, hides nothing and would publish all of it again after a restart. Prints pages per second, and
 * processor milliseconds per page.
 *
 * ingest <origin> <token file> <since> <pages> sqlite <file>
 * ingest <origin> <token file> <since> <pages> kafka <bootstrap> <topic> */
#include <curl/curl.h>
#include <librdkafka/rdkafka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PATIENCE = 30000 };

static void fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(70);
}

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

/* The embedded log, in the table that sqlite.c has. */
static sqlite3 *database;
static sqlite3_stmt *insert;
static long place;

static void check(int result) {
    if (result != SQLITE_OK && result != SQLITE_DONE) fail("SQLite", sqlite3_errmsg(database));
}

static void run(const char *sql) { check(sqlite3_exec(database, sql, NULL, NULL, NULL)); }

static void open_file(const char *file) {
    check(sqlite3_open(file, &database));
    run("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "PRAGMA journal_size_limit = 67108864;"
        "CREATE TABLE records (place INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, key BLOB, value BLOB,"
        " headers BLOB NOT NULL, checksum INTEGER NOT NULL) STRICT");
    check(sqlite3_prepare_v2(database, "INSERT INTO records VALUES (?, 0, ?, ?, x'', 0)", -1, &insert, NULL));
}

/* Kafka, with a producer as KafkaSettings has it. */
static rd_kafka_t *producer;
static const char *topic;

static void check_error(rd_kafka_error_t *error, const char *what) {
    if (error) fail(what, rd_kafka_error_string(error));
}

static void connect_to(const char *bootstrap) {
    const char *settings[] = {"bootstrap.servers", bootstrap, "log_level", "3", "enable.idempotence", "true", "acks",
                              "all", "partitioner", "murmur2_random", "message.max.bytes", "1040000",
                              "retry.backoff.ms", "5", "queue.buffering.max.messages", "10000",
                              "socket.send.buffer.bytes", "8388608", "socket.keepalive.enable", "true",
                              "transactional.id", "bare-ingest", "transaction.timeout.ms", "10000", NULL};
    char reason[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (int i = 0; settings[i]; i += 2)
        if (rd_kafka_conf_set(conf, settings[i], settings[i + 1], reason, sizeof reason) != RD_KAFKA_CONF_OK)
            fail(settings[i], reason);
    producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof reason);
    if (!producer) fail("a producer", reason);
    check_error(rd_kafka_init_transactions(producer, PATIENCE), "taking the transactional id");
}

static void begin(void) {
    if (producer) check_error(rd_kafka_begin_transaction(producer), "beginning");
    else run("BEGIN IMMEDIATE");
}

static void commit(void) {
    if (producer) check_error(rd_kafka_commit_transaction(producer, PATIENCE), "committing");
    else run("COMMIT");
}

static void write_row(const char *row, size_t size) {
    char key[32];
    size_t length = snprintf(key, sizeof key, "bare/%ld", place++ % 200);
    if (producer) {
        rd_kafka_resp_err_t code = rd_kafka_producev(
            producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_KEY(key, length), RD_KAFKA_V_VALUE((void *)row, size),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK), RD_KAFKA_V_END);
        if (code) fail("producing", rd_kafka_err2str(code));
        return;
    }
    sqlite3_bind_int64(insert, 1, place);
    sqlite3_bind_blob(insert, 2, key, length, SQLITE_STATIC);
    sqlite3_bind_blob(insert, 3, row, size, SQLITE_STATIC);
    check(sqlite3_step(insert));
    check(sqlite3_reset(insert));
}

/* A page as it comes, used again for the next. */
static char *body;
static size_t size, room;

static size_t receive(char *bytes, size_t one, size_t count, void *context) {
    (void)one, (void)context;
    if (size + count + 1 > room) body = realloc(body, room = 2 * (size + count + 1));
    memcpy(body + size, bytes, count);
    body[size += count] = 0;
    return count;
}

/* Writes what lies between the braces of the list, and returns how many rows that were. */
static long write_rows(void) {
    const char *byte = strstr(body, "\"data\":["), *start = NULL;
    long rows = 0;
    if (!byte) fail("a page", "there is no list in it");
    for (int depth = 0, quoted = 0; *byte; byte++) {
        if (quoted) {
            if (*byte == '\\') byte++;
            else if (*byte == '"') quoted = 0;
        } else if (*byte == '"') {
            quoted = 1;
        } else if (*byte == '{' && depth++ == 0) {
            start = byte;
        } else if (*byte == '}' && --depth == 0) {
            write_row(start, byte + 1 - start);
            rows++;
        } else if (*byte == ']' && depth == 0) {
            break;
        }
    }
    return rows;
}

/* Of the next page, behind everything else; empty at the end. */
static void next_cursor(char *cursor, size_t limit) {
    const char *name = "\"nextCursor\":\"";
    const char *found = strstr(body + (size > 500 ? size - 500 : 0), name), *end;
    *cursor = 0;
    if (!found) return;
    found += strlen(name);
    end = strchr(found, '"');
    if (end && (size_t)(end - found) < limit) memcpy(cursor, found, end - found), cursor[end - found] = 0;
}

int main(int count, char **words) {
    if (count < 7) return 64;
    if (!strcmp(words[5], "kafka") && count == 8) connect_to(words[6]), topic = words[7];
    else open_file(words[6]);
    char token[4096] = "Authorization: ApiToken ", cursor[1024] = "", url[4096];
    FILE *file = fopen(words[2], "r");
    if (!file || !fgets(token + strlen(token), 2048, file)) fail(words[2], "no token");
    token[strcspn(token, "\r\n")] = 0;
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, curl_slist_append(NULL, token));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 128L << 10);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    long pages = atol(words[4]);
    double started = now(CLOCK_MONOTONIC), processor = now(CLOCK_PROCESS_CPUTIME_ID);
    for (long page = 0; page < pages; page++) {
        snprintf(url, sizeof url,
                 "%s/web/api/v2.1/threats?limit=1000&skipCount=true&sortBy=updatedAt&sortOrder=asc&updatedAt__gte=%s"
                 "%s%s", words[1], words[3], *cursor ? "&cursor=" : "", cursor);
        curl_easy_setopt(curl, CURLOPT_URL, url);
        size = 0;
        CURLcode code = curl_easy_perform(curl);
        if (code) fail(url, curl_easy_strerror(code));
        begin();
        if (write_rows() != 1000) fail(url, "another number of rows than was asked for");
        commit();
        next_cursor(cursor, sizeof cursor);
        if (!*cursor && page + 1 < pages) fail(url, "the walk ended early");
    }
    printf("%.1f %.2f\n", pages / (now(CLOCK_MONOTONIC) - started),
           (now(CLOCK_PROCESS_CPUTIME_ID) - processor) * 1e3 / pages);
    return 0;
}

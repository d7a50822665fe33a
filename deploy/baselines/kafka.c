/* The least that any worker on Kafka must do, in C and with the library alone: the same settings, records and turns as
 * the stage that is measured against it. Each command prints one line of numbers.
 *
 * kafka load <bootstrap> <topic> <records> <bytes> <headers>          writes records that do not compress
 * kafka copy <bootstrap> <input> <output> <group> <records> <turn>    exactly once; records per second, processor
 *                                                                     seconds per million
 * kafka read <bootstrap> <topic> <records>                            partition 0, committed records only; records per
 *                                                                     second, processor seconds per million */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PATIENCE = 30000, BATCH = 10000 };

static void fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(70);
}

static void check(rd_kafka_resp_err_t code, const char *what) {
    if (code) fail(what, rd_kafka_err2str(code));
}

static void check_error(rd_kafka_error_t *error, const char *what) {
    if (error) fail(what, rd_kafka_error_string(error));
}

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static double started, processor;

static void start_clock(void) {
    started = now(CLOCK_MONOTONIC);
    processor = now(CLOCK_PROCESS_CPUTIME_ID);
}

static void print_speed(long records) {
    printf("%.0f %.3f\n", records / (now(CLOCK_MONOTONIC) - started),
           (now(CLOCK_PROCESS_CPUTIME_ID) - processor) * 1e6 / records);
}

typedef void rebalance(rd_kafka_t *, rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t *, void *);

static rd_kafka_t *client(rd_kafka_type_t kind, const char *bootstrap, const char *const settings[],
                          rebalance *rebalanced) {
    char reason[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, NULL, 0);
    rd_kafka_conf_set(conf, "log_level", "3", NULL, 0);
    for (int i = 0; settings[i]; i += 2)
        if (rd_kafka_conf_set(conf, settings[i], settings[i + 1], reason, sizeof reason) != RD_KAFKA_CONF_OK)
            fail(settings[i], reason);
    if (rebalanced) rd_kafka_conf_set_rebalance_cb(conf, rebalanced);
    rd_kafka_t *made = rd_kafka_new(kind, conf, reason, sizeof reason);
    if (!made) fail("a client", reason);
    return made;
}

/* As KafkaSettings has them. */
#define PRODUCER                                                                                                 \
    "enable.idempotence", "true", "acks", "all", "partitioner", "murmur2_random", "message.max.bytes", "1040000", \
        "retry.backoff.ms", "5", "queue.buffering.max.messages", "10000", "socket.send.buffer.bytes", "8388608",  \
        "socket.keepalive.enable", "true"
#define CONSUMER                                                                                                    \
    "isolation.level", "read_committed", "enable.auto.commit", "false", "enable.auto.offset.store", "false",         \
        "allow.auto.create.topics", "false", "queued.max.messages.kbytes", "262144", "socket.keepalive.enable", "true"

static rd_kafka_topic_t *topic(rd_kafka_t *client, const char *name) {
    rd_kafka_topic_t *made = rd_kafka_topic_new(client, name, NULL);
    if (!made) fail(name, rd_kafka_err2str(rd_kafka_last_error()));
    return made;
}

static void produce(rd_kafka_t *producer, rd_kafka_topic_t *topic, int32_t partition, const void *key, size_t key_size,
                    const void *value, size_t value_size, rd_kafka_headers_t *headers) {
    rd_kafka_vu_t parts[6] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = topic},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {.ptr = (void *)key, .size = key_size}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {.ptr = (void *)value, .size = value_size}},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    check_error(rd_kafka_produceva(producer, parts, headers ? 6 : 5), "producing");
}

/* The headers of a CloudEvent in binary mode, as Docket writes them. */
static const char *const names[] = {"ce_specversion", "ce_id",   "ce_source",  "ce_type",
                                    "ce_time",        "subject", "traceparent"};
static const char *const values[] = {"1.0",
                                     "eu1.9041#1/evidence-added/12",
                                     "docket/eu1",
                                     "investigation.evidence-added",
                                     "2026-11-20T10:15:31.804411Z",
                                     "eu1/1234567890123456789",
                                     "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};

static int load(char **words) {
    const char *settings[] = {PRODUCER, NULL};
    rd_kafka_t *producer = client(RD_KAFKA_PRODUCER, words[0], settings, NULL);
    rd_kafka_topic_t *target = topic(producer, words[1]);
    long records = atol(words[2]), bytes = atol(words[3]), headers = atol(words[4]);
    unsigned char *value = malloc(bytes);
    unsigned long dice = 1;
    for (long i = 0; i < records; i++) {
        for (long j = 0; j < bytes; j++) {
            dice = dice * 6364136223846793005 + 1442695040888963407;
            value[j] = dice >> 56;
        }
        char key[32];
        int length = snprintf(key, sizeof key, "key-%ld", i);
        rd_kafka_headers_t *list = headers ? rd_kafka_headers_new(headers) : NULL;
        for (long j = 0; j < headers; j++) rd_kafka_header_add(list, names[j % 7], -1, values[j % 7], -1);
        produce(producer, target, RD_KAFKA_PARTITION_UA, key, length, value, bytes, list);
    }
    check(rd_kafka_flush(producer, 10 * PATIENCE), "loading");
    return 0;
}

/* How far each partition was consumed. */
static rd_kafka_topic_partition_list_t *consumed;

/* The clock starts when there is something to work on. */
static void rebalanced(rd_kafka_t *consumer, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *partitions,
                       void *opaque) {
    (void)opaque;
    if (code != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        rd_kafka_assign(consumer, NULL);
        return;
    }
    consumed = rd_kafka_topic_partition_list_copy(partitions);
    for (int i = 0; i < partitions->cnt; i++) partitions->elems[i].offset = consumed->elems[i].offset = 0;
    check(rd_kafka_assign(consumer, partitions), "assigning");
    start_clock();
}

/* What there is, waiting only for the first of it. */
static long poll_batch(rd_kafka_t *consumer, rd_kafka_queue_t *queue, rd_kafka_message_t **batch, long room) {
    rd_kafka_message_t *first = rd_kafka_consumer_poll(consumer, 1000);
    if (!first) return 0;
    batch[0] = first;
    long count = 1;
    if (room > 1) count += rd_kafka_consume_batch_queue(queue, 0, batch + 1, room - 1);
    for (long i = 0; i < count; i++) check(batch[i]->err, "polling");
    return count;
}

static rd_kafka_t *member(const char *bootstrap, const char *group, const char *input) {
    const char *settings[] = {CONSUMER, "group.id", group, "auto.offset.reset", "error",
                              "partition.assignment.strategy", "range", "session.timeout.ms", "10000",
                              "heartbeat.interval.ms", "2500", "max.poll.interval.ms", "60000", NULL};
    rd_kafka_t *consumer = client(RD_KAFKA_CONSUMER, bootstrap, settings, rebalanced);
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, input, RD_KAFKA_PARTITION_UA);
    check(rd_kafka_subscribe(consumer, topics), "subscribing");
    return consumer;
}

static rd_kafka_t *transactional(const char *bootstrap, const char *id) {
    const char *settings[] = {PRODUCER, "transactional.id", id, "transaction.timeout.ms", "10000", NULL};
    rd_kafka_t *producer = client(RD_KAFKA_PRODUCER, bootstrap, settings, NULL);
    check_error(rd_kafka_init_transactions(producer, PATIENCE), "taking the transactional id");
    return producer;
}

static void copy_one(rd_kafka_t *producer, rd_kafka_topic_t *target, rd_kafka_message_t *message) {
    for (int i = 0; i < consumed->cnt; i++)
        if (consumed->elems[i].partition == message->partition) consumed->elems[i].offset = message->offset + 1;
    rd_kafka_headers_t *headers = NULL;
    rd_kafka_message_detach_headers(message, &headers);
    produce(producer, target, RD_KAFKA_PARTITION_UA, message->key, message->key_len, message->payload, message->len,
            headers);
    rd_kafka_message_destroy(message);
}

static int copy(char **words) {
    long records = atol(words[4]), turn = atol(words[5]);
    rd_kafka_t *producer = transactional(words[0], words[3]);
    rd_kafka_topic_t *target = topic(producer, words[2]);
    rd_kafka_t *consumer = member(words[0], words[3], words[1]);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(consumer);
    rd_kafka_message_t **batch = malloc(turn * sizeof *batch);
    rd_kafka_consumer_group_metadata_t *metadata = NULL;
    for (long copied = 0; copied < records;) {
        long count = poll_batch(consumer, queue, batch, turn);
        if (!count) continue;
        if (!metadata) metadata = rd_kafka_consumer_group_metadata(consumer);
        check_error(rd_kafka_begin_transaction(producer), "beginning");
        for (long i = 0; i < count; i++) copy_one(producer, target, batch[i]);
        check_error(rd_kafka_send_offsets_to_transaction(producer, consumed, metadata, PATIENCE), "sending offsets");
        check_error(rd_kafka_commit_transaction(producer, PATIENCE), "committing");
        copied += count;
    }
    print_speed(records);
    return 0;
}

/* Each header is looked at, as a reader must who wants to know what a record is. */
static long header_bytes(rd_kafka_message_t *message) {
    rd_kafka_headers_t *headers = NULL;
    const char *name;
    const void *value;
    size_t size;
    long bytes = 0;
    if (rd_kafka_message_headers(message, &headers)) return 0;
    for (size_t i = 0; !rd_kafka_header_get_all(headers, i, &name, &value, &size); i++) bytes += strlen(name) + size;
    return bytes;
}

static int read_partition(char **words) {
    const char *settings[] = {CONSUMER, "group.id", "none", "auto.offset.reset", "error", "enable.partition.eof", "true",
                              "fetch.wait.max.ms", "50", NULL};
    long records = atol(words[2]), count = 0, bytes = 0;
    rd_kafka_message_t **batch = malloc(BATCH * sizeof *batch);
    start_clock();
    rd_kafka_t *consumer = client(RD_KAFKA_CONSUMER, words[0], settings, NULL);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(consumer);
    if (rd_kafka_consume_start_queue(topic(consumer, words[1]), 0, RD_KAFKA_OFFSET_BEGINNING, queue))
        fail("reading", rd_kafka_err2str(rd_kafka_last_error()));
    for (int is_at_end = 0; !is_at_end;) {
        long taken = rd_kafka_consume_batch_queue(queue, 50, batch, BATCH);
        for (long i = 0; i < taken; i++) {
            if (batch[i]->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
                is_at_end = 1;
            } else {
                check(batch[i]->err, "reading");
                bytes += batch[i]->key_len + batch[i]->len + header_bytes(batch[i]);
                count++;
            }
            rd_kafka_message_destroy(batch[i]);
        }
    }
    if (count != records) fail("reading", "another number of records than was said");
    print_speed(records);
    return 0;
}

int main(int count, char **words) {
    if (count == 7 && !strcmp(words[1], "load")) return load(words + 2);
    if (count == 8 && !strcmp(words[1], "copy")) return copy(words + 2);
    if (count == 5 && !strcmp(words[1], "read")) return read_partition(words + 2);
    return 64;
}

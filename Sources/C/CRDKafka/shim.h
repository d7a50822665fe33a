#ifndef DOCKET_CRDKAFKA_SHIM_H
#define DOCKET_CRDKAFKA_SHIM_H

#include <librdkafka/rdkafka.h>

// Producing is variadic, which Swift cannot call: one typed function for the one way in which records are produced.
// Key and value are copied, and where the producer's queue is full the call waits until there is room, which ends when
// a message's time is over. Takes the headers, but only if it answers with no error.
static inline rd_kafka_resp_err_t docket_produce(
    rd_kafka_t *client, rd_kafka_topic_t *topic, int32_t partition, const void *key, size_t key_size,
    const void *value, size_t value_size, int64_t milliseconds, rd_kafka_headers_t *headers, void *opaque) {
    rd_kafka_vu_t parts[8] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = topic},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {.ptr = (void *)key, .size = key_size}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {.ptr = (void *)value, .size = value_size}},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK},
        {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = milliseconds},
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = opaque},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    rd_kafka_error_t *error = rd_kafka_produceva(client, parts, headers ? 8 : 7);
    rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    return code;
}

#endif

#pragma once
// What JSONView needs of simdjson, callable from C: one pass that validates a document and lists its values.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    DOCKET_JSON_OBJECT = 0,
    DOCKET_JSON_ARRAY,
    DOCKET_JSON_TEXT,
    DOCKET_JSON_ESCAPED_TEXT,
    DOCKET_JSON_INTEGER,
    DOCKET_JSON_NUMBER,
    DOCKET_JSON_TRUE,
    DOCKET_JSON_FALSE,
    DOCKET_JSON_NULL,
    // A key, and one with escapes.
    DOCKET_JSON_NAME,
    DOCKET_JSON_ESCAPED_NAME
};

enum {
    DOCKET_JSON_OK = 0,
    DOCKET_JSON_EMPTY,
    DOCKET_JSON_TOO_LONG,
    DOCKET_JSON_TOO_DEEP,
    DOCKET_JSON_TOO_MANY_VALUES,
    DOCKET_JSON_NOT_UTF8,
    DOCKET_JSON_CONTROL_CHARACTER,
    DOCKET_JSON_OPEN_TEXT,
    DOCKET_JSON_NO_VALUE,
    DOCKET_JSON_NO_KEY,
    DOCKET_JSON_NO_COLON,
    DOCKET_JSON_NO_COMMA,
    DOCKET_JSON_BAD_TEXT,
    DOCKET_JSON_BAD_ESCAPE,
    DOCKET_JSON_BAD_NUMBER,
    DOCKET_JSON_BAD_LITERAL,
    DOCKET_JSON_TRUNCATED,
    DOCKET_JSON_TRAILING,
    DOCKET_JSON_NO_MEMORY
};

// A value, or a key of an object, in document order: a key is followed by its value.
typedef struct {
    // Its bytes in the document: [start, end), quotes included.
    uint32_t start;
    uint32_t end;
    // The index of the first node after it and all that it holds.
    uint32_t next;
    uint32_t kind;
} docket_json_node;

typedef struct {
    size_t depth;
    size_t nodes;
} docket_json_limits;

typedef struct {
    int error;
    // Where the error is.
    size_t offset;
    // Belong to this thread's parser, until the next call on this thread. After an error: those before it.
    const docket_json_node *nodes;
    size_t count;
    // Whether there are bytes in it, inside some text, that are not UTF-8.
    int is_utf8;
} docket_json_index;

// `bytes` must be followed by 64 readable ones. Uses the parser of the calling thread.
docket_json_index docket_json_parse(const uint8_t *bytes, size_t count, docket_json_limits limits);

// The value of the first member of that name in the object at `object`; 0, which is never a member, when none has it.
uint32_t docket_json_member(
    const docket_json_node *nodes, uint32_t object, const uint8_t *bytes, const uint8_t *name, size_t count);

// Writes the text between the quotes of `node` to `room`, which needs 64 bytes more than the text is long.
// Returns its length, or -1 when an escape names half a character.
ptrdiff_t docket_json_unescape(const docket_json_node *node, const uint8_t *bytes, uint8_t *room);

#ifdef __cplusplus
}
#endif

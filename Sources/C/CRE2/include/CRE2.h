// Regular expressions in linear time: RE2 behind a C face. Safe to match with from several threads at once.

#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct docket_pattern docket_pattern;

// A piece of memory that belongs to the pattern.
typedef struct {
    const char *bytes;
    size_t count;
} docket_pattern_text;

// A pattern over UTF-8, which may be a broken one: see docket_pattern_error. NULL only when there is no memory.
docket_pattern *docket_pattern_make(const char *text, size_t count, int64_t memory);
void docket_pattern_free(docket_pattern *pattern);

// What is wrong, in RE2's words; empty when nothing is.
docket_pattern_text docket_pattern_error(const docket_pattern *pattern);
// The piece of the pattern that is wrong; may be empty.
docket_pattern_text docket_pattern_error_piece(const docket_pattern *pattern);

// Whether it occurs somewhere in the text, which may hold any bytes. A broken pattern occurs nowhere.
int docket_pattern_occurs(const docket_pattern *pattern, const char *text, size_t count);

#ifdef __cplusplus
}
#endif

#include "CRE2.h"

#include <new>
#include <re2/re2.h>

struct docket_pattern {
    RE2 expression;

    docket_pattern(re2::StringPiece text, const RE2::Options &options) : expression(text, options) {}
};

docket_pattern *docket_pattern_make(const char *text, size_t count, int64_t memory) {
    RE2::Options options;
    // What is wrong is told to the caller; nothing is written to standard error.
    options.set_log_errors(false);
    options.set_max_mem(memory);
    // Groups are for reading only: nobody asks what they held.
    options.set_never_capture(true);
    return new (std::nothrow) docket_pattern(re2::StringPiece(text, count), options);
}

void docket_pattern_free(docket_pattern *pattern) { delete pattern; }

docket_pattern_text docket_pattern_error(const docket_pattern *pattern) {
    const std::string &words = pattern->expression.error();
    return {words.data(), words.size()};
}

docket_pattern_text docket_pattern_error_piece(const docket_pattern *pattern) {
    const std::string &piece = pattern->expression.error_arg();
    return {piece.data(), piece.size()};
}

int docket_pattern_occurs(const docket_pattern *pattern, const char *text, size_t count) {
    return RE2::PartialMatch(re2::StringPiece(text, count), pattern->expression);
}

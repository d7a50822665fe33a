// simdjson's first stage checks UTF-8 and finds every structural character; the walk below checks the grammar between
// them. simdjson's own second stages do not fit: the DOM forgets where a value lies in the bytes and refuses numbers
// that no double holds, and On-Demand validates only what somebody reads.

#include "CSimdJSON.h"

#include <cstring>
#include <memory>
#include <new>
#include <simdjson.h>
#include <string>
#include <vector>

namespace {

// What a parser needed for something larger than a usual page is not kept for the next document.
constexpr size_t kept_capacity = 8 << 20;
constexpr size_t kept_nodes = 1 << 20;

struct Parser {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
    std::unique_ptr<docket_json_node[]> nodes;
    size_t room = 0;
    std::vector<uint32_t> open;

    bool prepare(size_t count) {
        if (!stage || stage->capacity() < count || stage->capacity() > kept_capacity) {
            stage.reset();
            size_t capacity = count < 65536 ? 65536 : count;
            if (simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1, stage)) {
                stage.reset();
                return false;
            }
        }
        return true;
    }

    bool prepare_nodes(size_t count) {
        if (room < count || room > kept_nodes) {
            nodes.reset();
            room = count < 4096 ? 4096 : count;
            nodes.reset(new (std::nothrow) docket_json_node[room]);
            if (!nodes) room = 0;
        }
        return room >= count;
    }
};

// One parser per thread: a document never waits for another, and nothing is allocated for each of them.
thread_local Parser thread_parser;

inline bool is_space(uint8_t c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
inline bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }
inline bool is_hex(uint8_t c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// The first quote or backslash at or after `at`, eight bytes at a time; `limit` when there is none before it.
inline size_t next_quote_or_backslash(const uint8_t *bytes, size_t at, size_t limit) {
    constexpr uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    while (at < limit) {
        uint64_t word;
        std::memcpy(&word, bytes + at, 8);  // never past the padding
        uint64_t quotes = word ^ (ones * '"'), slashes = word ^ (ones * '\\');
        uint64_t hits = ((quotes - ones) & ~quotes & tops) | ((slashes - ones) & ~slashes & tops);
        if (hits) {
            // The lowest hit is exact; only bytes above it can be false ones.
            at += size_t(__builtin_ctzll(hits)) / 8;
            return at < limit ? at : limit;
        }
        at += 8;
    }
    return limit;
}

// The walk over the structural characters. Iterative, so that depth costs memory that is limited and no stack.
class Walk {
  public:
    Walk(Parser &parser, const uint8_t *bytes, size_t count, docket_json_limits limits)
        : parser(parser), bytes(bytes), count(count), limits(limits), marks(parser.stage->structural_indexes.get()),
          total(parser.stage->n_structural_indexes), nodes(parser.nodes.get()) {}

    size_t made = 0;
    size_t offset = 0;

    int run() {
        parser.open.clear();
        int error = value();
        while (!error && !parser.open.empty()) {
            bool in_object = nodes[parser.open.back()].kind == DOCKET_JSON_OBJECT;
            if (fresh) {
                fresh = false;
                if (closes(in_object)) continue;
                error = in_object ? member() : value();
            } else if (closes(in_object)) {
                continue;
            } else if (at(',')) {
                ++mark;
                error = in_object ? member() : value();
            } else {
                error = fail(DOCKET_JSON_NO_COMMA);
            }
        }
        if (error) {
            // What is still open is closed here, so that the path to the error can be read off.
            for (uint32_t container : parser.open) {
                nodes[container].end = uint32_t(count);
                nodes[container].next = uint32_t(made);
            }
            return error;
        }
        return mark < total ? fail(DOCKET_JSON_TRAILING) : DOCKET_JSON_OK;
    }

  private:
    Parser &parser;
    const uint8_t *bytes;
    size_t count;
    docket_json_limits limits;
    const uint32_t *marks;
    size_t total;
    docket_json_node *nodes;
    size_t mark = 0;
    // Whether a container was opened just now and may close at once.
    bool fresh = false;

    int fail(int error) {
        offset = mark < total ? marks[mark] : count;
        return mark < total || error == DOCKET_JSON_TRAILING ? error : DOCKET_JSON_TRUNCATED;
    }

    bool at(char c) const { return mark < total && bytes[marks[mark]] == uint8_t(c); }

    bool closes(bool in_object) {
        if (!at(in_object ? '}' : ']')) return false;
        docket_json_node &container = nodes[parser.open.back()];
        container.end = marks[mark++] + 1;
        container.next = uint32_t(made);
        parser.open.pop_back();
        return true;
    }

    int member() {
        if (!at('"')) return fail(DOCKET_JSON_NO_KEY);
        if (int error = text(DOCKET_JSON_NAME, DOCKET_JSON_ESCAPED_NAME)) return error;
        if (!at(':')) return fail(DOCKET_JSON_NO_COLON);
        ++mark;
        return value();
    }

    int value() {
        if (mark >= total) return fail(DOCKET_JSON_NO_VALUE);
        switch (bytes[marks[mark]]) {
        case '{': return container(DOCKET_JSON_OBJECT);
        case '[': return container(DOCKET_JSON_ARRAY);
        case '"': return text(DOCKET_JSON_TEXT, DOCKET_JSON_ESCAPED_TEXT);
        case 't': return literal("true", 4, DOCKET_JSON_TRUE);
        case 'f': return literal("false", 5, DOCKET_JSON_FALSE);
        case 'n': return literal("null", 4, DOCKET_JSON_NULL);
        case '}': case ']': case ',': case ':': return fail(DOCKET_JSON_NO_VALUE);
        default: return number();
        }
    }

    int container(uint32_t kind) {
        if (parser.open.size() >= limits.depth) return fail(DOCKET_JSON_TOO_DEEP);
        if (made >= limits.nodes) return fail(DOCKET_JSON_TOO_MANY_VALUES);
        parser.open.push_back(uint32_t(made));
        nodes[made++] = {marks[mark++], 0, 0, kind};
        fresh = true;
        return DOCKET_JSON_OK;
    }

    // Ends the value at the current mark: nothing but white space may lie between it and the next one.
    int finish(size_t end, uint32_t kind, int error) {
        size_t next = mark + 1 < total ? marks[mark + 1] : count;
        for (size_t i = end; i < next; ++i) {
            if (!is_space(bytes[i])) {
                offset = i;
                return error;
            }
        }
        if (made >= limits.nodes) return fail(DOCKET_JSON_TOO_MANY_VALUES);
        nodes[made] = {marks[mark++], uint32_t(end), uint32_t(made + 1), kind};
        ++made;
        return DOCKET_JSON_OK;
    }

    int text(uint32_t kind, uint32_t escaped) {
        size_t i = marks[mark] + 1;
        while (true) {
            i = next_quote_or_backslash(bytes, i, count);
            offset = i;
            if (i >= count) return DOCKET_JSON_OPEN_TEXT;
            if (bytes[i] == '"') return finish(i + 1, kind, DOCKET_JSON_BAD_TEXT);
            kind = escaped;
            switch (bytes[i + 1]) {
            case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't': i += 2; break;
            case 'u':
                for (size_t digit = 2; digit < 6; ++digit) {
                    if (!is_hex(bytes[i + digit])) return DOCKET_JSON_BAD_ESCAPE;
                }
                i += 6;
                break;
            default: return DOCKET_JSON_BAD_ESCAPE;
            }
        }
    }

    int literal(const char *word, size_t length, uint32_t kind) {
        offset = marks[mark];
        if (std::memcmp(bytes + offset, word, length) != 0) return DOCKET_JSON_BAD_LITERAL;
        return finish(offset + length, kind, DOCKET_JSON_BAD_LITERAL);
    }

    // By the grammar alone: whether a number fits somewhere is for whoever reads it.
    int number() {
        size_t i = marks[mark];
        uint32_t kind = DOCKET_JSON_INTEGER;
        offset = i;
        if (bytes[i] == '-') ++i;
        if (!is_digit(bytes[i])) return i == offset ? DOCKET_JSON_NO_VALUE : DOCKET_JSON_BAD_NUMBER;
        if (bytes[i] == '0') ++i;
        else while (is_digit(bytes[i])) ++i;
        if (bytes[i] == '.') {
            kind = DOCKET_JSON_NUMBER;
            if (!is_digit(bytes[++i])) return DOCKET_JSON_BAD_NUMBER;
            while (is_digit(bytes[i])) ++i;
        }
        if (bytes[i] == 'e' || bytes[i] == 'E') {
            kind = DOCKET_JSON_NUMBER;
            ++i;
            if (bytes[i] == '+' || bytes[i] == '-') ++i;
            if (!is_digit(bytes[i])) return DOCKET_JSON_BAD_NUMBER;
            while (is_digit(bytes[i])) ++i;
        }
        return finish(i, kind, DOCKET_JSON_BAD_NUMBER);
    }
};

int first_stage(Parser &parser, const uint8_t *bytes, size_t count, bool &is_utf8) {
    switch (parser.stage->stage1(bytes, count, simdjson::stage1_mode::regular)) {
    case simdjson::SUCCESS: return DOCKET_JSON_OK;
    // Told last, after everything was found: the structure can still be walked.
    case simdjson::UTF8_ERROR: is_utf8 = false; return DOCKET_JSON_OK;
    case simdjson::EMPTY: return DOCKET_JSON_EMPTY;
    case simdjson::UNCLOSED_STRING: return DOCKET_JSON_OPEN_TEXT;
    case simdjson::UNESCAPED_CHARS: return DOCKET_JSON_CONTROL_CHARACTER;
    default: return DOCKET_JSON_NO_MEMORY;
    }
}

bool unescape(const docket_json_node &node, const uint8_t *bytes, uint8_t *room, size_t &length) {
    if (!thread_parser.prepare(0)) return false;
    uint8_t *end = thread_parser.stage->parse_string(bytes + node.start + 1, room);
    if (!end) return false;
    length = size_t(end - room);
    return true;
}

}  // namespace

docket_json_index docket_json_parse(const uint8_t *bytes, size_t count, docket_json_limits limits) {
    docket_json_index index = {DOCKET_JSON_OK, 0, nullptr, 0, 1};
    Parser &parser = thread_parser;
    if (count == 0) {
        index.error = DOCKET_JSON_EMPTY;
        return index;
    }
    // Positions are 32 bits wide, and the walk may look a few bytes further.
    if (count > UINT32_MAX - 64) {
        index.error = DOCKET_JSON_TOO_LONG;
        return index;
    }
    if (!parser.prepare(count)) {
        index.error = DOCKET_JSON_NO_MEMORY;
        return index;
    }
    bool is_utf8 = true;
    index.error = first_stage(parser, bytes, count, is_utf8);
    index.is_utf8 = is_utf8;
    index.offset = count;
    if (index.error) return index;
    // Every node has a structural character of its own.
    size_t most = parser.stage->n_structural_indexes;
    if (most > limits.nodes) most = limits.nodes;
    if (!parser.prepare_nodes(most)) {
        index.error = DOCKET_JSON_NO_MEMORY;
        return index;
    }
    Walk walk(parser, bytes, count, limits);
    index.error = walk.run();
    index.offset = walk.offset;
    index.nodes = parser.nodes.get();
    index.count = walk.made;
    return index;
}

uint32_t docket_json_member(
    const docket_json_node *nodes, uint32_t object, const uint8_t *bytes, const uint8_t *name, size_t count) {
    uint32_t end = nodes[object].next;
    for (uint32_t key = object + 1; key < end; key = nodes[key + 1].next) {
        const docket_json_node &node = nodes[key];
        size_t length = node.end - node.start - 2;
        if (node.kind == DOCKET_JSON_NAME) {
            if (length == count && std::memcmp(bytes + node.start + 1, name, count) == 0) return key + 1;
        } else if (length > count) {  // an escape is always longer than what it stands for
            std::string room(length + simdjson::SIMDJSON_PADDING, '\0');
            size_t written = 0;
            if (unescape(node, bytes, reinterpret_cast<uint8_t *>(&room[0]), written) && written == count
                && std::memcmp(room.data(), name, count) == 0)
                return key + 1;
        }
    }
    return 0;
}

ptrdiff_t docket_json_unescape(const docket_json_node *node, const uint8_t *bytes, uint8_t *room) {
    size_t length = 0;
    return unescape(*node, bytes, room, length) ? ptrdiff_t(length) : -1;
}

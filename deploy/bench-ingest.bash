# The part of deploy/bench that measures ingest, read by it.

# What ingest needs, the program itself: a console's page, a first start over 1,000,000 threats, 100 idle consoles.
bench_ingest() {
    local only=
    if [[ ${1-} == --only ]]; then only=${2-}; elif (($#)); then usage; fi
    case $only in
        local | kafka | idle | "") build simulator ingest docket IngestBench ;;
        *) usage ;;
    esac
    place=${DOCKET_BENCH_DIRECTORY:-$PWD/.build/bench}/run
    ingest_baseline=$programs/ingest-baseline
    cc -O2 -o "$ingest_baseline" deploy/baselines/ingest.c -lcurl -lrdkafka -lsqlite3
    trap end_ingest EXIT
    empty
    line "" measured target
    if [[ -z $only || $only == local ]]; then bench_ingest_local; fi
    if [[ -z $only || $only == kafka ]]; then bench_ingest_kafka; fi
    if [[ -z $only || $only == idle ]]; then bench_ingest_idle; fi
    exit "$missed"
}

end_ingest() {
    stop_programs
    if [[ ${cluster-} ]]; then end_cluster; fi
    rm -rf "$place"
}

running=()

stop_programs() {
    local one
    for one in "${running[@]}"; do kill "$one" 2>/dev/null || true; done
    for one in "${running[@]}"; do wait "$one" 2>/dev/null || true; done
    running=()
}

# A simulated console in a folder below `place`, with the address in `console` and that of its control side in `control`.
simulate() { # FOLDER [OPTION]...
    mkdir -p "$place/$1"
    "$programs/simulator" --directory "$place/$1" "${@:2}" >"$place/$1/log" 2>&1 &
    running+=($!)
    until [[ -s $place/$1/endpoint.json ]]; do still "$!" "$place/$1/log"; done
    console=$(sed 's/.*"console":"\([^"]*\)".*/\1/' "$place/$1/endpoint.json")
    control=$(sed 's/.*"control":"\([^"]*\)".*/\1/' "$place/$1/endpoint.json")
}

# On one page of a walk the console leaves a hundredth of the records out, and counts them all the same.
withhold_some() {
    local socket body='{"route":"threats","kind":"withheld-row","rows":1,"times":1}'
    exec {socket}<>"/dev/tcp/127.0.0.1/${control##*:}"
    printf 'POST /faults HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s' ${#body} "$body" >&"$socket"
    grep -q '"waiting"' <&"$socket" || failed
}

# Waits a little; ends everything when the program has ended.
still() { # PROCESS LOG
    sleep 0.2
    if ! kill -0 "$1" 2>/dev/null; then
        tail -n 5 "$2" >&2
        failed
    fi
}

# ingest with the settings in `place`, its process in `ingest` and the port of its numbers in `monitor`.
start_ingest() {
    chmod 600 "$place/docket.yaml"
    "$programs/ingest" --settings "$place/docket.yaml" >"$place/ingest.log" 2>&1 &
    ingest=$!
    running+=("$ingest")
    monitor=
    until [[ $monitor ]]; do
        still "$ingest" "$place/ingest.log"
        monitor=$(sed -n 's|.*http://127.0.0.1:\([0-9]*\).*|\1|p' "$place/ingest.log" | head -n 1)
    done
}

# Records published, processor seconds, megabytes and calls of `ingest`, all of the same moment.
numbers() {
    local socket
    exec {socket}<>"/dev/tcp/127.0.0.1/$monitor"
    printf 'GET /metrics HTTP/1.0\r\n\r\n' >&"$socket"
    awk '
        /^docket_records_published_total[{]/ { published += $2 }
        /^docket_process_cpu_seconds_total/ { processor = $2 }
        /^docket_process_resident_memory_bytes/ { resident = $2 / 1048576 }
        /^docket_console_calls_total[{]/ { calls += $2 }
        END { printf "%d %.2f %.1f %d\n", published, processor, resident, calls }' <&"$socket"
}

# Waits until so many are published, and leaves `published`, `processor` and `resident` of that moment.
await_published() { # COUNT
    published=0
    until ((published >= $1)); do
        still "$ingest" "$place/ingest.log"
        read -r published processor resident _ < <(numbers) || failed
    done
}

settings() { # LOG CONSOLES [INGEST]
    [[ -s $place/you.key ]] || key=$("$programs/docket" key create "$place/you.key")
    cat >"$place/docket.yaml" <<END
deployment: bench
log: $1
monitor: { ingest: "127.0.0.1:0" }
consoles:
$2
ingest: { ${3:-poll: 30s} }
actions: { approvers: [ { name: you, key: "$key" } ] }
END
}

# One console, of which only threats are read, as fast as it allows, from before its history began.
settings_for_threats() { # LOG
    local off="{ on: false }"
    settings "$1" "  - { id: bench, url: '$console', reader-token: 'file:console/viewer.token',
      rate: { ingest: 98, enrich: 1, playbook: 1 } }" \
        "look-back: 31d, reconcile: { every: 7d, span: 31d }, streams: { alerts: $off, activities: $off, agents: $off, groups: $off }"
}

milliseconds() { awk "BEGIN { printf \"%.1f ms\", $1 }"; }

# From so many published to so many: processor milliseconds per page of 1,000, in `page`.
measure_pages() { # FROM TO
    local before
    await_published "$1"
    before=$processor began=$published first=$resident
    await_published "$2"
    page=$(awk "BEGIN { print ($processor - $before) * 1e6 / ($published - $began) }")
}

page_lines() { # TITLE
    line "bare C loop, $1, processor time a page" "$(milliseconds "$bare_page")"
    line "ingest, $1, a page of 1,000 threats" "$(milliseconds "$page")"
    line "  of a core, at the ten pages a second a console allows" "$(share "$page" 100)" "< 100 %" \
        "$(holds "$page < 100")"
    line "  times the bare C loop" "$(times "$page" "$bare_page")"
}

# The bare loop over so many pages; the best of all rounds, in `bare_page`.
bare_pages() { # PAGES TARGET...
    local speed used
    bare_page=1e9
    for _ in $(seq "$rounds"); do
        rm -f "$place"/bare.sqlite*
        read -r speed used < <("$ingest_baseline" "$console" "$place/console/viewer.token" 2000-01-01T00:00:00Z "$@") ||
            failed
        bare_page=$(smaller "$bare_page" "$used")
    done
    rm -f "$place"/bare.sqlite*
}

bench_ingest_local() {
    local size whole reading parsing redacting sieving
    read -r size whole reading parsing redacting sieving < <("$programs/IngestBench") || failed
    line "a page of 1,000 threats, $size bytes each, without the log" "$(milliseconds "$whole")"
    line "  of it reading the page" "$(share "$reading" "$whole")"
    line "  of it taking each row apart" "$(share "$parsing" "$whole")"
    line "  of it redaction" "$(share "$redacting" "$whole")"
    line "  of it the sieve" "$(share "$sieving" "$whole")"
    simulate console --history 1000000 --history-interval 2s --agents 200 --max-threats 0 --threat-interval 1h
    bare_pages 100 sqlite "$place/bare.sqlite"
    settings_for_threats "{ directory: log }"
    start_ingest
    await_published 50000
    withhold_some
    measure_pages 100000 999900
    page_lines "embedded log"
    line "resident memory after the first 100,000 threats" "$first MB"
    line "  after $published" "$resident MB"
    line "  of the first" "$(share "$resident" "$first")" "<= 110 %" "$(holds "$resident <= 1.1 * $first")"
    line "  for each million more" \
        "$(awk "BEGIN { printf \"%.0f MB\", ($resident - $first) * 1e6 / ($published - $began) }")"
    bench_ingest_comparison
    stop_programs
    empty
}

# Of a million those few that were withheld are found, looked for on the topic, fetched and published.
bench_ingest_comparison() {
    local before began missing
    # The end of the walk.
    sleep 3
    read -r published before resident _ < <(numbers) || failed
    missing=$((1000000 - published))
    began=$(date +%s%N)
    "$programs/docket" reconcile bench threats --settings "$place/docket.yaml" --key "$place/you.key" --wait 1800 --json \
        >"$place/found.json" || { cat "$place/found.json" >&2; failed; }
    read -r published processor resident _ < <(numbers) || failed
    line "a comparison over all of them, of which $missing were missed" "$(awk "BEGIN { printf \"%.0f s\", ($(date +%s%N) - $began) / 1e9 }")"
    line "  processor time" "$(awk "BEGIN { printf \"%.1f s\", $processor - $before }")"
    line "  resident memory" "$resident MB"
    line "  published after it, of 1,000,000" "$published" "all" \
        "$(holds "$missing > 0 && $published == 1000000 && $(grep -c "\"repaired\":$missing\b" "$place/found.json") == 1")"
}

bench_ingest_kafka() {
    if [[ -z ${DOCKET_KAFKA_HOME-} ]]; then
        echo "On Kafka: skipped, because DOCKET_KAFKA_HOME names no folder with a Kafka"
        return
    fi
    kafka=$DOCKET_KAFKA_HOME/kafka
    cluster=$(mktemp -d /dev/shm/docket-bench.XXXXXX)
    bootstrap=$("$kafka" start "$cluster/kafka")
    make_topic bench.threats.observed 4
    simulate console --history 310000 --history-interval 20s --agents 200 --max-threats 0 --threat-interval 1h
    bare_pages 100 kafka "$bootstrap" bench.threats.observed
    settings_for_threats "{ kafka: { bootstrap.servers: '$bootstrap' } }"
    "$programs/docket" topics apply --settings "$place/docket.yaml" --replication-factor 1 >"$place/topics.log" 2>&1 ||
        { tail -n 5 "$place/topics.log" >&2; failed; }
    start_ingest
    measure_pages 10000 310000
    page_lines "Kafka"
    stop_programs
    empty
}

# A hundred consoles, each with a simulator of its own, all five streams of each, once everything there was is read.
bench_ingest_idle() {
    local number consoles= before began seconds used asked calls
    for number in $(seq 100); do
        simulate "console$number" --seed "$number" --max-threats 0 --threat-interval 1h
        consoles+="  - { id: bench$number, url: '$console', reader-token: 'file:console$number/viewer.token' }"$'\n'
    done
    settings "{ directory: log }" "$consoles"
    start_ingest
    # Twice the poll, so that each stream of each has ended its first walk, then a minute.
    sleep 60
    read -r published before resident asked < <(numbers)
    began=$(date +%s%N)
    sleep 60
    read -r published processor resident calls < <(numbers)
    seconds=$(awk "BEGIN { print ($(date +%s%N) - $began) / 1e9 }")
    used=$(awk "BEGIN { print ($processor - $before) * 100 / $seconds }")
    calls=$(awk "BEGIN { printf \"%.1f\", ($calls - $asked) / $seconds }")
    line "calls a second to 100 consoles, five streams each" "$calls"
    line "  their share of a core" "$(printf '%.2f %%' "$used")" "< 5 %" "$(holds "$used < 5")"
    line "  resident memory" "$resident MB" "< 200 MB" "$(holds "$resident < 200")"
    stop_programs
    empty
}

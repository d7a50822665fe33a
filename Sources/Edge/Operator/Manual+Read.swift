extension Manual {
    static let readPage = """
        docket read TOPIC [--from start|end] [--follow] [--count N] [--json]
        docket read TOPIC --group NAME [--follow] [--count N] [--json]

        The records of one topic (with or without the deployment's prefix), one per line: time, type, key, id, and the
        beginning of the value; with --json all of it, one JSON object per line. Ends at the end of the topic, or with
        --follow on SIGINT or SIGTERM (exit code 0), after N records with --count, and where whoever reads its output
        has gone. Records of one partition are in order, and so are those of one key.

        --group  reads as a member of a group of your own: from where the group has come to (the first time from the
                 start), and moves its position behind what was written to standard output. Several processes of one
                 group share the topic's partitions. A record is shown at least once: one that was written, but whose
                 position was not moved before the process was killed, is shown again. Skip a ce_id that you have
                 handled. What a pipe holds counts as written: let the reader of a pipe read to the end. A group that
                 reads nothing for longer than the topic is kept is stopped with an error instead of being led past
                 what is gone. Names that begin like Docket's own programs (ingest., enrich., …) are refused
        --from   start (where nothing is said) or end, which wants --follow

        On Kafka the login must be permitted to read the topic, and with --group the group of that name behind the prefix, and
        to write transactional ids that begin with it.

        """
}

/// The words that `docket --help` prints, and the options that each verb takes.
package enum Manual {
    static let verbs = [
        "cases", "case", "actions", "action", "approve", "reject", "undo", "stop", "resume", "key", "topics", "read",
        "status", "sync", "reconcile", "check", "help",
    ]
    static let flags = [
        "--json", "--all", "--yes", "--no-wait", "--commands", "--connect", "--strict", "--follow", "--last",
        "--help", "--version",
    ]
    static let valued = [
        "--settings", "--key", "--as", "--reason", "--console", "--hours", "--replication-factor", "--principal",
        "--group", "--from", "--count", "--wait",
    ]
    static let repeatable = ["--principal"]
    static let common = ["--settings", "--json", "--help", "--version"]

    private static let signed = ["--key", "--as", "--yes", "--no-wait"]
    private static let feed = ["--key", "--as", "--wait", "--no-wait", "--last"]

    /// What each verb takes beside the common ones.
    static let options: [String: [String]] = [
        "cases": [], "case": [], "actions": ["--all"], "action": [], "approve": signed + ["--hours"],
        "reject": signed + ["--reason"], "undo": signed + ["--reason"], "stop": ["--console", "--reason", "--no-wait"],
        "resume": signed + ["--reason"], "key": [],
        "topics": ["--replication-factor", "--principal", "--commands"], "status": [],
        "check": ["--connect", "--strict"], "help": [],
        "read": ["--group", "--follow", "--from", "--count"], "sync": feed, "reconcile": feed,
    ]

    /// What there is a page on.
    static let topics = verbs + ["json", "exit-codes"]

    package static func page(on topic: String?) -> String {
        topic.flatMap { pages[$0] } ?? overview
    }

    private static let overview = """
        docket: see what Docket found and what it wants to do, and decide

        look
          docket cases                    every case: status, verdict, endpoint, actions
          docket case ID                  one case: threats, evidence, history, actions
          docket actions [--all]          actions that wait or are under way (--all: also those that ended)
          docket action ID                one action: plan, gates, history
          docket status                   counts of records, cases and actions
          docket read TOPIC               the records of a topic, one per line (--follow, --group NAME)
          docket reconcile --last         what ingest found when it last compared with the consoles' own counts

        decide (signed with an approver's key; --key FILE or DOCKET_KEY)
          docket approve ACTION           yes to exactly this plan, for an hour (--hours N)
          docket reject ACTION --reason TEXT
          docket undo ACTION --reason TEXT     the inverse of what was done; withdraws what was not
          docket stop [--console ID] --reason TEXT    no more actions, at once; needs no key
          docket resume STOP --reason TEXT     lifts one stop

        read and compare now (signed too)
          docket sync [CONSOLE] [STREAM]        have ingest read at once what is new, and wait for it
          docket reconcile [CONSOLE] [STREAM]   have it compare with the console's counts, and mend what is missing

        prepare
          docket key create FILE          a new signing key, readable for you alone; prints the public key
          docket key show FILE            the public key again
          docket check                    whether the settings are right, and what they mean
          docket check --connect [CONSOLE]    whose each token is, what it may do and when it ends
          docket topics list|plan|apply   the topics on Kafka: what is there, what is missing, make it
          docket topics acls              what Kafka must permit each program

        An unmistakable part of an id (4 characters or more) stands for it.
        for all: --settings FILE (docket.yaml, or DOCKET_SETTINGS), --json, --help
        more: docket VERB --help, docket help json, docket help exit-codes

        """

    private static let decision = """
        On a terminal it shows the plan and asks first (--yes: not). Without one it does not ask, because the key is
        the consent; then the id is written whole. It waits up to 5 s for the ledger's answer (--no-wait: not).

        """

    private static let pages: [String: String] = [
        "cases": """
        docket cases [--json]

        Every case, one per row, with the states of its actions.

        """,
        "case": """
        docket case ID [--json]

        One case: endpoint, threats, the evidence (against an attack first) with the record and field it rests on,
        what happened when, and its actions.

        """,
        "actions": """
        docket actions [--all] [--json]

        What waits or is under way, why something is held, the orders that were refused and the stops in force.
        --all shows also what has ended.

        """,
        "action": """
        docket action ID [--json]

        One action: exactly what is planned, for which case and why, who approved it, what the gates said when they
        were last asked, and its history.

        """,
        "approve": """
        docket approve ACTION --key FILE [--as NAME] [--hours N] [--yes] [--no-wait]

        Signs the hash of the action's exact plan (target, playbook, case, reason), for this deployment, valid for
        N hours (1). The signature is used once; one changed byte in the plan makes it worthless. perform checks
        every gate again before it acts. Your public key must stand under actions.approvers in the settings.


        """ + decision + """

            example:  docket actions
                      docket approve 'eu1.9041#1/contain@3f9c/isolate#1/2190000000000000041' --key ~/.docket/me.key

            """,
        "reject": """
        docket reject ACTION --reason TEXT --key FILE [--as NAME] [--yes] [--no-wait]

        Ends an action that waits. One that was attempted cannot be rejected: undo it instead.


        """ + decision,
        "undo": """
        docket undo ACTION --reason TEXT --key FILE [--as NAME] [--yes] [--no-wait]

        Asks for the inverse of an action that was carried out, through the same ledger; it needs no further
        approval and no stop holds it. It is skipped when somebody else acted on the endpoint after us. An action
        that was not carried out is withdrawn.


        """ + decision,
        "stop": """
        docket stop [--console ID] --reason TEXT [--no-wait]

        No action is attempted any more, on one console or on all, on every worker within a second. What is under
        way is watched to its end; signed releases still go through. Needs no key and never asks: stopping must be
        easy. It stands until an approver lifts it with docket resume. It waits up to 5 s until perform has taken
        note of it; exit code 75 says that nobody did, for example because playbook does not run.

        """,
        "resume": """
        docket resume STOP --reason TEXT --key FILE [--as NAME] [--yes] [--no-wait]

        Lifts exactly one stop, by its id (docket actions lists those in force).


        """ + decision,
        "key": """
        docket key create FILE     writes a new Ed25519 key, readable for you alone, and prints its public key
        docket key show FILE       prints the public key again

        Put the public key into the settings:
          actions:
            approvers:
              - { name: you, key: PUBLIC-KEY }

        """,
        "topics": topicsPage,
        "read": readPage,
        "status": """
        docket status [--json]

        Records per stream, cases by verdict, actions by state, and each console as ingest last saw it.

        """,
        "sync": syncPage,
        "reconcile": reconcilePage,
        "check": """
        docket check [--json]
        docket check --connect [CONSOLE] [--strict] [--json]

        Reads the settings, prints every problem at once with line, key and expectation, or says what the settings
        mean and warns of combinations that are dangerous. Token files must be readable, and not by everybody.
        Connects to nothing. Exit code 64 where something is wrong; warnings alone change nothing.

        --connect asks the consoles about their tokens, side by side, for at most 30 s, and changes nothing there:
        whether the console is reachable and accepts the token, whose it is, when it ends, its role and scope, what
        each list answers, what each program may and may not do with it, and how far our clock is from the console's.
        What could not be learned says why. Each problem has its remedy. Exit code 0: all is well, or only warnings;
        1: something stops the work; 2: only warnings, and --strict was given; 64: a token's file cannot be read.

        """,
        "json": jsonPage,
        "exit-codes": """
        0   done
        1   refused: no such thing, more than one, not yours to decide, or the ledger refused the order; of topics:
            something there must be set right by a person; of check --connect: a console or a token stops the work;
            of sync and reconcile: ingest refused the order, a stream cannot be read, or records are missing still
        2   docket topics plan: there is something to apply; docket topics apply: there still is;
            docket check --connect --strict: there are warnings
        64  the command line, the settings, a key or a token file is wrong
        69  the log is not there or cannot be opened
        70  failure
        75  an order or stop is recorded, and no perform (of sync and reconcile: no ingest) answered it within 5 s, or
            what was ordered is still under way; it stands nevertheless

        """,
    ]

    private static let topicsPage = """
        docket topics list [--json]
        docket topics plan [--replication-factor N] [--json]
        docket topics apply [--replication-factor N] [--json]
        docket topics acls [--principal PROGRAM=TYPE:NAME]... [--commands | --json]

        list   every topic of this deployment: how it is to be kept, and whether the cluster has it so
        plan   what apply would do, what it would refuse, what else is worth knowing. Exit code 0: nothing to do;
               2: apply has something to do; 1: a person must do something first, which is printed
        apply  makes what is missing, sets right what endangers the guarantees (a journal that is not kept whole, a
               limit on records that is too low), and looks again. It never deletes anything, and never changes a
               number of partitions: where topics with one key differ in it, nothing at all is done
        acls   the least that Kafka must permit ingest, enrich, playbook and docket: who may read and write which
               topic, under which groups and transactional ids. Only playbook may write the ledger. Connects to
               nothing. --commands prints lines for Kafka's kafka-acls; --principal (repeatable) says who a program
               logs in as (User: and its name)

        New topics have N copies, else as many as the brokers are set up for; with 3 or more, a record is written when
        2 have it. list, plan and apply need a login that may describe topics and their settings, apply one that may
        create and alter them: use settings of an administrator. Kafka 3.6 or newer.

        The embedded log makes its topics itself.

        """

    private static let jsonPage = """
        With --json standard output is one JSON value and nothing else. Keys are only ever added.

        cases       [CASE]
        case        CASE with evidence [{kind, weight, sentence, event, field}], threatFacts [{id, name,
                    classification, confidence, incidentStatus, analystVerdict, mitigationStatus, hashVerdict, hash,
                    filePath, signed, indicators}], history [LINE]
        CASE        case, subject, status, generation, verdict, endpoint, endpointName, threats [id], actions [ACTION]
        actions     [ACTION]
        action      ACTION: action, kind, console, endpoint, endpointName, site, uuid, state, overdue, plan, note,
                    case, generation, reason, requestedAt, needsApproval, approvedBy, approvedUntil,
                    gates [{gate, open, reason}], gatesAt, history [LINE]
        LINE        at, text, event
        status      records {stream: n}, cases n, verdicts {verdict: n}, actions {state: n}, stops n,
                    consoles [{console, at, state (untried, working, failed), reason, user, expiresAt,
                    off [{stream, kind, reason, since}]}]
        check       deployment, log, topicPrefix, partitions, dryRun, approval, consoles [{id, url, acts}],
                    approvers [{name, fingerprint}], warnings [text], problems [text]
        check --connect
                    exit, tokens [{console, url, token (reader, writer), fault}], and where the file could be read
                    reachable (well, unwell, doubtful, unreached), version, state (alive, dead, unknown), user, name,
                    kind (user, serviceUser), expiresAt, expiryFrom (console, token), scope, places [{id, name,
                    account}], roles [name], streams [{stream, answer, detail}], abilities [{program, deed,
                    permission, may (true, false, null: not known)}], clockOffsetMilliseconds,
                    clockUncertaintyMilliseconds, unknown {key: why}, troubles [{weight (stops, warns), sentence,
                    remedy}]
        topics list [{topic, kind, partitions, state (present, missing, differs, embedded), settings {name: value},
                    found {partitions, copies, settings {name: value}}}]
        topics plan, topics apply
                    log, exit, create [{topic, partitions, copies, settings {name: value}}],
                    correct [{topic, settings {name: value}}], refuse [FINDING], note [FINDING]; of apply, which says
                    what is left: created [topic], corrected [{topic, settings {name: value}}]
        FINDING     topics [topic], sentence, remedy, commands [text]
        topics acls [{program, principal, resource (topic, group, transactional-id), name,
                    pattern (literal, prefixed), operations [text]}]
        read        not one value but one per line and record: topic, partition, offset, time, key, headers {name:
                    text}, and value (the JSON that it is, as it came; null for a tombstone), else valueText (text
                    that is no JSON) or valueBase64. What else is not text is there as keyBase64 and headersBase64
        sync, reconcile
                    verb, by, exit, orders [{console, order, fate (accepted, refused, sent), sentence, takenAt}],
                    streams [{console, stream, state (done, pending, sent, refused, never; unread, with reason and
                    remedy; uncompared)}]; of sync each stream with published (null: not counted), readTo, firstWalkAt,
                    wantedWalkAt; of reconcile with at, from, to, hours, differing, counted, shown, missing, repaired,
                    open, gone (null: nothing to tell)
        key         key, fingerprint
        approve, reject, undo, resume, stop
                    verb, object, by, fate (accepted, refused, sent), answers [{console, order, fate, sentence}]

        On failure standard output is empty (a refused or unanswered order excepted) and standard error is
        {"error": {code, exit, sentences [text], candidates [id]}}, code one of refused, usage, unavailable,
        failure, unanswered.

        """
}

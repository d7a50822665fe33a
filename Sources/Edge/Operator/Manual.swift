/// The words that `docket --help` prints.
package enum Manual {
    static let verbs = [
        "cases", "case", "actions", "action", "approve", "reject", "undo", "stop", "resume", "key", "status", "check",
        "help",
    ]

    package static func page(on verb: String?) -> String {
        verb.flatMap { pages[$0] } ?? overview
    }

    private static let overview = """
        docket: see what Docket found and what it wants to do, and decide

        look
          docket cases                    every case: status, verdict, endpoint, actions
          docket case ID                  one case: evidence, history, actions
          docket actions [--all]          actions that wait or are under way (--all: also those that ended)
          docket action ID                one action and its history
          docket status                   counts of records, cases and actions

        decide (signed with an approver's key; --key FILE or DOCKET_KEY)
          docket approve ACTION           yes to exactly this plan, for an hour (--hours N)
          docket reject ACTION --reason TEXT
          docket undo ACTION --reason TEXT     the inverse of what was done; withdraws what was not
          docket stop [--console ID] --reason TEXT    no more actions, at once; needs no key
          docket resume STOP --reason TEXT     lifts one stop

        prepare
          docket key create FILE          a new signing key, readable for you alone; prints the public key
          docket key show FILE            the public key again
          docket check                    whether the settings are right, and what they mean

        for all: --settings FILE (docket.yaml, or DOCKET_SETTINGS), --json, --help
        exit codes: 0 done, 1 no such thing, 64 usage or settings, 69 the log cannot be opened, 70 failure

        """

    private static let pages: [String: String] = [
        "approve": """
        docket approve ACTION --key FILE [--as NAME] [--hours N]

        Signs the hash of the action's exact plan (target, playbook, case, reason), for this deployment, valid for
        N hours (1). The signature is used once; one changed byte in the plan makes it worthless. perform checks
        every gate again before it acts. Your public key must stand under actions.approvers in the settings.

        example:  docket actions
                  docket approve 'eu1.9041#1/contain@3f9c/isolate#1/2190000000000000041' --key ~/.docket/me.key

        """,
        "reject": """
        docket reject ACTION --reason TEXT --key FILE [--as NAME]

        Ends an action that waits. One that was attempted cannot be rejected: undo it instead.

        """,
        "undo": """
        docket undo ACTION --reason TEXT --key FILE [--as NAME]

        Asks for the inverse of an action that was carried out, through the same ledger; it needs no further
        approval and no stop holds it. It is skipped when somebody else acted on the endpoint after us. An action
        that was not carried out is withdrawn.

        """,
        "stop": """
        docket stop [--console ID] --reason TEXT

        No action is attempted any more, on one console or on all, on every worker within a second. What is under
        way is watched to its end; signed releases still go through. Needs no key: stopping must be easy. It stands
        until an approver lifts it with docket resume.

        """,
        "resume": """
        docket resume STOP --reason TEXT --key FILE [--as NAME]

        Lifts exactly one stop, by its id (docket actions lists those in force).

        """,
        "key": """
        docket key create FILE     writes a new Ed25519 key, readable for you alone, and prints its public key
        docket key show FILE       prints the public key again

        Put the public key into the settings:
          actions:
            approvers:
              - { name: you, key: PUBLIC-KEY }

        """,
    ]
}

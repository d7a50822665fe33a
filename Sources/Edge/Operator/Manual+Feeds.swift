extension Manual {
    private static let ordering = """

        One word is a console or a stream (threats, alerts, activities, agents, groups); none: all that the settings have.
        The order is signed with an approver's key, as ingest follows nobody else; it changes nothing at a console, so
        nothing is asked. It is good for an hour, also for an ingest that is started later.

        """

    static let syncPage = """
        docket sync [CONSOLE] [STREAM] --key FILE [--as NAME] [--wait SECONDS | --no-wait] [--json]
        docket sync [CONSOLE] [STREAM] --last [--json]

        Has ingest read at once what is new, whatever its poll interval, endpoints whole. Waits up to 5 s for ingest to
        take the order, then up to SECONDS (60) until a walk that began after that has come to its end.

        """ + ordering + """

            PUBLISHED          records published since the order, those of ordinary polling among them
            READ TO            the time of the newest record that was shown; where none was, where reading began
            WANTED WALK BEGAN  when the last walk to the end began that a person had wanted

            --last             orders nothing and needs no key: how far each stream is

            Exit code 0: all is read; 1: the order was refused, or a stream cannot be read (a token that is not accepted,
            a list that its role may not see); 75: nobody took the order, or it is still under way.

                example:  docket sync eu1 threats --key ~/.docket/me.key

            """

    static let reconcilePage = """
        docket reconcile [CONSOLE] [STREAM] --key FILE [--as NAME] [--wait SECONDS | --no-wait] [--json]
        docket reconcile [CONSOLE] [STREAM] --last [--json]

        Has ingest compare at once, per hour of creation, what it was shown with what the console counts, and publish
        what polling had missed. Waits up to 5 s for ingest to take the order, then up to SECONDS (300) for the finding.
        Endpoints and groups have no comparison: the console does not count them by time of creation.

        """ + ordering + """

            COUNTED         by the console
            SHOWN           to ingest before anything was mended, published or left out by a filter
            MISSING         what the console lists and ingest had not been shown
            REPAIRED        of these, published now
            GONE            published, and no longer at the console
            HOURS COMPARED  whole hours of creation in UTC in which nothing may still come late (settings: ingest.reconcile)

            --last          orders nothing and needs no key: what the last comparison of each stream found

            Exit code 0: nothing is missing any more; 1: something is, or the order was refused, or a stream cannot be
            read; 75: nobody took the order, or it is still under way.

            """
}

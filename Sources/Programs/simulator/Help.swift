extension Arguments {
    static let usage = "usage: simulator --directory DIR [options]; simulator --help tells them"

    static let help = """
        simulator: a SentinelOne console for demos, training and tests. Everything in it is invented.

        usage: simulator --directory DIR [--scenario FILE] [options]

        Where
          --directory DIR          where the token files and endpoint.json go once it listens (required)
          --port N                 the console's API on 127.0.0.1; 0 lets the system choose (default 0)
          --control-port N         the control side: what really happened, faults, people (default 0)
          --tls-certificate FILE   serve the API by HTTPS with this PEM certificate (chain), and
          --tls-key FILE           its PEM key, not encrypted

        What there is
          --seed N                 the same seed tells the same story (default 1)
          --accounts N             1 to 100 (default 1)
          --sites-per-account N    1 to 1000 (default 4)
          --groups-per-site N      1 to 100 (default 3)
          --agents N               endpoints in the fleet, 1 to 200000 (default 20)
          --history N              detections from before the start, 0 to 10000000 (default 0), and
          --history-interval T     one each T (default 1m)

        What happens
          --threat-interval T      one detection each T: 500ms, 2s, 5m, 1h (default 2s)
          --max-threats N          detections before it falls silent, 0 to 10000000 (default 1000)
          --effect-delay T         from accepting an isolation to its effect (default 1s)
          --stories on|off         attacks and false alarms with all their traces, each in its own time, for a
                                   bit more than three days (default off), and
          --story-pace X           so many times faster than that (default 1)
          --telemetry-life T       events older than this are gone (default 90d)
          --hash-reputation on|off whether the older routes about hashes are still there (default off)
          --late-visibility T      some records are listed only T after they happened (default 0s), and
          --late-share N           which share of them, in percent (default 0)
          --cursor-lifetime T      a walk that rests for longer begins anew (default 1h)

        Time
          --start TIME             simulated time begins then: 2026-01-05T08:00:00Z (default now)
          --time-scale X           simulated seconds per second, 0.001 to 100000; allows POST /clock
                                   (default: the wall clock)

        Who calls
          --expiring-token-days N  what is left of expiring.token (default 3)
          --rate-limits on|off     refuse what comes faster than published, by simulated time
                           (default off), with
          --retry-after TEXT       seconds, none, or any text as it is (default seconds), and
          --rate-limit-body B      json or html (default json)

          --scenario FILE          the same names in YAML, without dashes in front, and a list of faults:
                                     agents: 500
                                     faults:
                                       - { route: threats, kind: rate-limited, retryAfter: soon, every: 10 }
                                       - { route: "*", kind: cut-body, percent: 2, from: 5m, until: 10m }
                                   What the command line says counts.
          --help                   this text

        It writes, readable by you only: viewer, ir-team, ir-team-2, soc, it, admin, collector, site-viewer,
        site-ir-team, custom, personal, multi-scope, expiring, expired and revoked, each NAME.token.

        Try it:
          simulator --directory /tmp/console --agents 100 --time-scale 60
          curl -H "Authorization: ApiToken $(cat DIR/viewer.token)" http://127.0.0.1:PORT/web/api/v2.1/threats
          curl http://127.0.0.1:CONTROL/          what the control side offers
          curl http://127.0.0.1:CONTROL/effects   every change of state as it really was
          curl http://127.0.0.1:CONTROL/faults -d '{"route":"agents/actions/disconnect","kind":"lose-reply"}'
          curl http://127.0.0.1:CONTROL/people -d '{"do":"release","agentId":"…"}'
          curl http://127.0.0.1:CONTROL/tokens -d '{"do":"rotate","token":"ir-team"}'

        Ends with 0 on SIGTERM or SIGINT, 64 on a wrong command line, 66 where a file cannot be read, 78 on a wrong
        scenario, 1 when it cannot listen or write.
        """
}

// What of a page's time in ingest goes where, measured. Started by `deploy/bench`, which prints the table; nothing else
// claims speed.

try PageMeasurement().run()

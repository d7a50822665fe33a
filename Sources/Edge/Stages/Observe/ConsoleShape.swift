/// What the settings make of a console's records: which are published, what of them is overwritten, and whose they are.
package struct ConsoleShape: Sendable {
    package let sieve: Sieve
    package let redaction: Redaction
    package let shaping: Shaping

    package init(sieve: Sieve = Sieve(), redaction: Redaction = Redaction(), shaping: Shaping = Shaping()) {
        self.sieve = sieve
        self.redaction = redaction
        self.shaping = shaping
    }
}

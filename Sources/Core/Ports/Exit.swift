/// What a program's end tells its supervisor, in the numbers of sysexits.h.
package enum ExitCode: Int32, Sendable, CaseIterable {
    /// Asked to stop, and stopped.
    case asked = 0
    /// The command line or the settings are wrong: restarting changes nothing until a person does.
    case usage = 64
    /// Something that is needed does not answer.
    case unavailable = 69
    /// A failure whose remedy is to stop: the supervisor restarts, with back-off.
    case unexpected = 70
    /// Replaced by another (fenced): the supervisor restarts, with back-off.
    case temporary = 75
    /// Restarting would do harm: a person must look.
    case doNotRestart = 78
}

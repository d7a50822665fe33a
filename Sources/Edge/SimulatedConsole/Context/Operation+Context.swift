extension Operation {
    /// What is asked about one thing.
    static let context: [Operation] = []
}

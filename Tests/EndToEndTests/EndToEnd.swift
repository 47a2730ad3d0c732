import Testing

/// Whole fleets of real processes between simulated partners, with a database and a virtual host each; one fleet after the other, since
/// each can use all of a small machine.
@Suite("End to end", .serialized, .timeLimit(.minutes(5)))
enum EndToEnd {}

import Testing

/// Whole fleets of real processes between simulated partners, with a database and a virtual host each. One fleet after the other, since each
/// can use all of a small machine.
@Suite("End to end", .serialized, .timeLimit(.minutes(5)))
enum EndToEnd {}

/// Fleets that something happens to. Most of their time they wait until a doubt is resolved, so they run beside the others.
@Suite("End to end, in trouble", .serialized, .timeLimit(.minutes(5)))
enum EndToEndInTrouble {}

import Testing

/// `#expect` for loops of thousands: its expansion takes every expression apart, which costs more than what is tested.
func check(
    _ holds: Bool, _ words: @autoclosure () -> String, sourceLocation: SourceLocation = #_sourceLocation
) {
    if !holds { Issue.record("\(words())", sourceLocation: sourceLocation) }
}

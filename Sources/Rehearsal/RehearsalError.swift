/// What keeps a storm or a measurement from going on.
package struct RehearsalError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

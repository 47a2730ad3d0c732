/// A text for people, in the two languages of the command line.
package struct Words: Sendable, Hashable {
    package let english: String
    package let chinese: String

    package init(_ english: String, _ chinese: String) {
        self.english = english
        self.chinese = chinese
    }
}

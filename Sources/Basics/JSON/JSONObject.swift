/// The members of an object in document order. A duplicate key is kept as read; reading by key takes the last one.
package struct JSONObject: Sendable, Hashable {
    package struct Member: Sendable, Hashable {
        package let key: String
        package var value: JSON

        package init(key: String, value: JSON) {
            self.key = key
            self.value = value
        }
    }

    package private(set) var members: [Member]

    package init() { members = [] }

    package init(members: [Member]) { self.members = members }

    package init(_ members: some Sequence<(String, JSON)>) {
        self.members = members.map { Member(key: $0.0, value: $0.1) }
    }

    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }
    package var keys: [String] { members.map(\.key) }

    /// The value under the key, the last one where the key is doubled. Setting keeps the member's place, or appends; setting
    /// `nil` removes.
    package subscript(key: String) -> JSON? {
        get { members.last { $0.key == key }?.value }
        set {
            guard let newValue else { return members.removeAll { $0.key == key } }
            set(key, newValue)
        }
    }

    /// Puts the value in the key's place (one member is left of a doubled key), or at the end.
    package mutating func set(_ key: String, _ value: JSON) {
        guard let place = members.lastIndex(where: { $0.key == key }) else { return append(key, value) }
        members[place].value = value
        if members[..<place].contains(where: { $0.key == key }) {
            members = members.enumerated().filter { $0.offset == place || $0.element.key != key }.map(\.element)
        }
    }

    /// Adds a member at the end without looking for the key: for builders that know their keys are distinct.
    package mutating func append(_ key: String, _ value: JSON) {
        members.append(Member(key: key, value: value))
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}

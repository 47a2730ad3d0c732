package import FoundationEssentials

/// A value of a JSON text, read where it stands. Reads as leniently as the accessors of `JSON`, each of which it has too; `json` makes a
/// copy of its own.
package struct JSONView: Sendable {
    let document: JSONDocument
    let index: Int

    init(document: JSONDocument, index: Int) {
        self.document = document
        self.index = index
    }

    /// A value that was built and not received, as tests have them.
    package init(_ json: JSON) {
        // What was written by us can be read: only its depth could be refused.
        let document = try? JSONDocument(json.bytes(), maximumDepth: .max)
        self = (document ?? JSONDocument(bytes: [], nodes: [JSONNode(kind: .null, start: 0, end: 0, next: 1)])).root
    }

    var node: JSONNode { document.nodes[index] }

    package var isNull: Bool { node.kind == .null }
    package var isObject: Bool { node.kind == .object }

    /// The member of an object, the last one where the key is doubled; `nil` when absent and on any other kind of value.
    package subscript(key: String) -> JSONView? {
        guard node.kind == .object else { return nil }
        var key = key
        return key.withUTF8 { place(of: $0) }.map { JSONView(document: document, index: $0) }
    }

    /// The element of an array; `nil` beyond its end and on any other kind of value.
    package subscript(position: Int) -> JSONView? {
        guard let array, array.indices.contains(position) else { return nil }
        return array[position]
    }

    package var array: [JSONView]? { node.kind == .array ? children : nil }

    /// The members of an object, in document order.
    package var members: [(key: String, value: JSONView)]? {
        guard node.kind == .object else { return nil }
        let parts = children
        return stride(from: 0, to: parts.count, by: 2).map { (parts[$0].characters, parts[$0 + 1]) }
    }

    /// A string, nothing else.
    package var string: String? {
        switch node.kind {
        case .string, .escaped: characters
        default: nil
        }
    }

    /// A string, the spelling of a number, or `true`/`false`: for ids and codes, which come either way.
    package var text: String? {
        switch node.kind {
        case .string, .escaped, .number, .yes, .no: characters
        case .null, .array, .object: nil
        }
    }

    /// A whole number, or a string that spells one.
    package var int64: Int64? {
        switch node.kind {
        case .number, .string: NumberText.int64(bytes)
        case .escaped: NumberText.int64(characters)
        default: nil
        }
    }

    package var int: Int? { int64.flatMap(Int.init(exactly:)) }

    /// A number, or a string that spells one, exactly; what a `Decimal` would have to round is refused.
    package var decimal: Decimal? {
        switch node.kind {
        case .number, .string: NumberText.decimal(bytes)
        case .escaped: NumberText.decimal(characters)
        default: nil
        }
    }

    /// `true`, `false`, 1, 0, or a string of one of them.
    package var bool: Bool? {
        switch node.kind {
        case .yes: true
        case .no: false
        case .number, .string, .escaped:
            switch characters {
            case "true", "1": true
            case "false", "0": false
            default: nil
            }
        case .null, .array, .object: nil
        }
    }

    // MARK: Parts

    /// The text of the value; of a string, what is between its quotes.
    var bytes: ArraySlice<UInt8> { document.bytes[node.range] }

    /// A string's text, or a word or number as it is spelled.
    var characters: String {
        if node.kind == .escaped { return JSONEscape.decoded(bytes) }
        let range = node.range
        return document.bytes.withUnsafeBufferPointer {
            String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self)
        }
    }

    /// The elements of an array; the keys and values of an object in turn.
    var children: [JSONView] {
        var children: [JSONView] = []
        var place = index + 1
        while place < Int(node.next) {
            children.append(JSONView(document: document, index: place))
            place = Int(document.nodes[place].next)
        }
        return children
    }

    /// The node of a member's value.
    private func place(of key: UnsafeBufferPointer<UInt8>) -> Int? {
        document.nodes.withUnsafeBufferPointer { nodes in
            document.bytes.withUnsafeBufferPointer { bytes in
                var found: Int?
                var place = index + 1
                let end = Int(nodes[index].next)
                while place < end {
                    let name = nodes[place]
                    if name.kind == .escaped {
                        if JSONEscape.decoded(ArraySlice(bytes[name.range])).utf8.elementsEqual(key) { found = place + 1 }
                    } else if Int(name.end &- name.start) == key.count, bytes.reads(key, at: Int(name.start)) {
                        found = place + 1
                    }
                    place = Int(nodes[place + 1].next)
                }
                return found
            }
        }
    }
}

extension JSONView {
    /// The value as a tree of its own.
    package var json: JSON {
        switch node.kind {
        case .null: .null
        case .yes: .bool(true)
        case .no: .bool(false)
        case .number: .number(JSONNumber(checked: characters))
        case .string, .escaped: .string(characters)
        case .array: .array(children.map(\.json))
        case .object: .object(JSONObject(members: (members ?? []).map { JSONObject.Member(key: $0.key, value: $0.value.json) }))
        }
    }

    /// Where the value stands in another one that holds it: `lineItems[2].quantity`; empty for that one itself.
    func path(in ancestor: Int) -> String {
        var path = ""
        var place = ancestor
        while place != index {
            let holder = JSONView(document: document, index: place)
            let parts = holder.children
            guard let step = parts.lastIndex(where: { $0.index <= index }) else { return path }
            if holder.isObject {
                path += (path.isEmpty ? "" : ".") + parts[step - step % 2].characters
            } else {
                path += "[\(step)]"
            }
            place = parts[step].index
        }
        return path
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether the text is found at the place. Most names differ in their first characters.
    fileprivate func reads(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
        for offset in text.indices where self[place + offset] != text[offset] { return false }
        return true
    }
}

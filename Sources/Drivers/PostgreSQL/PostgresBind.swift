/// One typed parameter of a query, ready to be sent.
package struct PostgresBind: Sendable {
    package let type: PostgresType
    /// What is sent, without a terminator; nil is NULL.
    let bytes: [UInt8]?
    let isBinary: Bool
    /// Why the value cannot be sent. An interpolation cannot throw, so the query carries the fault and refuses itself.
    let fault: String?

    private init(type: PostgresType, bytes: [UInt8]?, isBinary: Bool, fault: String?) {
        self.type = type
        self.bytes = bytes
        self.isBinary = isBinary
        self.fault = fault
    }

    static func null(_ type: PostgresType) -> PostgresBind {
        PostgresBind(type: type, bytes: nil, isBinary: false, fault: nil)
    }

    static func binary(_ bytes: [UInt8], _ type: PostgresType) -> PostgresBind {
        PostgresBind(type: type, bytes: bytes, isBinary: true, fault: nil)
    }

    static func refused(_ fault: String, _ type: PostgresType) -> PostgresBind {
        PostgresBind(type: type, bytes: nil, isBinary: false, fault: fault)
    }

    /// PostgreSQL stores no NUL character in any text, and libpq would cut the value off there without a word.
    static func text(_ bytes: [UInt8], _ type: PostgresType) -> PostgresBind {
        guard !bytes.contains(0) else {
            return refused("it contains a NUL character (U+0000), which PostgreSQL cannot store in text or json.", type)
        }
        return PostgresBind(type: type, bytes: bytes, isBinary: false, fault: nil)
    }
}

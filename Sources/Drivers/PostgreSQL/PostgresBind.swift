import Glibc

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

    static func text(_ bytes: [UInt8], _ type: PostgresType) -> PostgresBind {
        guard !bytes.hasNUL() else { return refused(PostgresEncodingFault.nul.reason, type) }
        return PostgresBind(type: type, bytes: bytes, isBinary: false, fault: nil)
    }
}

extension [UInt8] {
    /// By the C library, many bytes at a time: whole payloads are searched.
    func hasNUL(from start: Int = 0) -> Bool {
        withUnsafeBytes { buffer in
            buffer.baseAddress.map { memchr($0 + start, 0, buffer.count - start) != nil } ?? false
        }
    }
}

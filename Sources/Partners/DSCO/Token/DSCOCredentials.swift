/// How we identify ourselves to DSCO. Never shown.
package enum DSCOCredentials: Sendable {
    /// A static key of the older kind, sent as it is and never renewed.
    case token(String)
    /// OAuth2 client credentials (DSCO contract 1.1).
    case client(id: String, secret: String)
}

extension DSCOCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        switch self {
        case .token: "static token"
        case .client: "client credentials"
        }
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
